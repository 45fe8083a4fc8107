import type { RunRecord } from "./record.js";
import type { RunStore } from "./store.js";

/** Runs that are asked for under a key, each started once: all that is asked for on a host goes through its one server process. */
export class Starts {
  readonly #runs: Pick<RunStore, "list">;
  readonly #host: string;
  readonly #underWay = new Map<string, Promise<RunRecord>>();

  constructor(runs: Pick<RunStore, "list">, host: string) {
    this.#runs = runs;
    this.#host = host;
  }

  /** The run under this key that was asked for on this host and has neither failed nor been cancelled, else a new one. */
  async once(key: string, start: () => Promise<RunRecord>): Promise<RunRecord> {
    const underWay = this.#underWay.get(key);
    if (underWay !== undefined) return await underWay;
    const starting = this.#known(key).then((known) => known ?? start());
    this.#underWay.set(key, starting);
    try {
      return await starting;
    } finally {
      this.#underWay.delete(key);
    }
  }

  async #known(key: string): Promise<RunRecord | undefined> {
    return (await this.#runs.list()).find(
      (run) => run.key === key && run.origin === this.#host && run.status !== "failed" && run.status !== "cancelled",
    );
  }
}
