import { setTimeout as delay } from "node:timers/promises";
import { wordsOf } from "./errors.js";
import type { VmEvent } from "./events.js";
import type { Registry } from "./registry.js";
import { expiryOf } from "./vm/manifest.js";
import type { Runner } from "./vm/runner.js";

const lookEveryMs = 1_000;
const retryMs = 30_000;

/** Sees to the limits of time: ends VMs that have lived as long as they may, and stops those that nobody has called for long. */
export class Warden implements Disposable {
  readonly #registry: Registry;
  readonly #emit: (event: VmEvent) => void;
  readonly #timer: NodeJS.Timeout;
  /** VMs that are being ended or stopped already. */
  readonly #busy = new Set<Runner>();

  constructor(registry: Registry, emit: (event: VmEvent) => void) {
    this.#registry = registry;
    this.#emit = emit;
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
      this.#emit({ type: "upkeep_failed", what: "time", name: runner.manifest.id, reason: wordsOf(error) });
      await delay(retryMs, undefined, { ref: false });
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
