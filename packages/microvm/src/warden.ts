import { isMicroVMError } from "./errors.js";
import type { Registry } from "./registry.js";
import { expiryOf } from "./vm/manifest.js";
import type { Runner } from "./vm/runner.js";

const lookEveryMs = 1_000;

/** Sees to the limits of time: ends VMs that have lived as long as they may, and stops those that nobody has called for long. */
export class Warden implements Disposable {
  readonly #registry: Registry;
  readonly #timer: NodeJS.Timeout;
  /** VMs that are being ended or stopped already. */
  readonly #busy = new Set<Runner>();

  constructor(registry: Registry) {
    this.#registry = registry;
    this.#timer = setInterval(() => this.#look(), lookEveryMs).unref();
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    for (const { runner } of this.#registry.all()) {
      const step = stepFor(runner);
      if (step !== undefined && !this.#busy.has(runner)) void this.#take(runner, step);
    }
  }

  async #take(runner: Runner, step: "expire" | "rest"): Promise<void> {
    this.#busy.add(runner);
    try {
      if (step === "rest") await runner.rest();
      else await this.#expire(runner);
    } catch (error) {
      // A disk that is full, a guest that is lost: the next look comes soon, and the VM is as its manifest says.
      if (!isMicroVMError(error)) throw error;
    } finally {
      this.#busy.delete(runner);
    }
  }

  async #expire(runner: Runner): Promise<void> {
    if (runner.manifest.diskMiB !== undefined) return runner.expire();
    await this.#registry.get(runner.manifest.id).vm.destroy();
  }
}

function stepFor(runner: Runner): "expire" | "rest" | undefined {
  const { manifest, state, use } = runner;
  const at = expiryOf(manifest);
  if (at !== undefined && Date.now() >= at && (state !== "stopped" || manifest.diskMiB === undefined)) return "expire";
  const idleMs = (manifest.limits?.idleSeconds ?? Number.POSITIVE_INFINITY) * 1_000;
  return state === "running" && use.idleMs >= idleMs ? "rest" : undefined;
}
