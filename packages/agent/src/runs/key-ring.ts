import type { ModelEnvironment } from "../models/model.js";

/** Keys that came with runs, in the memory of this process alone, until each run rests. */
export class KeyRing {
  readonly #keys = new Map<string, ModelEnvironment>();

  keep(runId: string, keys: ModelEnvironment): void {
    if (Object.keys(keys).length > 0) this.#keys.set(runId, keys);
  }

  of(runId: string): ModelEnvironment | undefined {
    return this.#keys.get(runId);
  }

  drop(runId: string): void {
    this.#keys.delete(runId);
  }
}
