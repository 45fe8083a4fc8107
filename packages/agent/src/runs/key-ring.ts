import type { Secrets } from "@vibewriter/backbone";
import { passwordsIn } from "../models/addresses.js";
import type { ModelEnvironment } from "../models/model.js";

/** Keys that came with runs, in the memory of this process alone, until each run rests; kept out of everything that is stored meanwhile. */
export class KeyRing {
  readonly #secrets: Secrets;
  readonly #keys = new Map<string, { keys: ModelEnvironment; kept: Disposable }>();

  constructor(secrets: Secrets) {
    this.#secrets = secrets;
  }

  keep(runId: string, keys: ModelEnvironment): void {
    if (Object.keys(keys).length === 0) return;
    const kept = keepOut(this.#secrets, keys);
    this.drop(runId);
    this.#keys.set(runId, { keys, kept });
  }

  of(runId: string): ModelEnvironment | undefined {
    return this.#keys.get(runId)?.keys;
  }

  drop(runId: string): void {
    this.#keys.get(runId)?.kept[Symbol.dispose]();
    this.#keys.delete(runId);
  }
}

/** Keeps the keys of an environment, and passwords in its addresses, out of everything that is stored; what else is in one is no secret. */
export function keepOut(secrets: Secrets, env: ModelEnvironment): Disposable {
  const keys = Object.entries(env).flatMap(([name, value]): [string, string][] =>
    value !== undefined && !isReference(value) && /_(?:KEY|TOKEN|SECRET|PASSWORD)$/.test(name) ? [[name, value]] : [],
  );
  const handles = [...keys, ...passwordsIn(env)].map(([name, value]) => secrets.register(name, value));
  return {
    [Symbol.dispose]() {
      for (const handle of handles) handle[Symbol.dispose]();
    },
  };
}

/** It names a secret, and is none. */
function isReference(value: string): boolean {
  return value.startsWith("secret://");
}
