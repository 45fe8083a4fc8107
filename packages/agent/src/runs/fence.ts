import { BackboneError } from "@vibewriter/backbone";
import { errorCode, rootError } from "../errors.js";
import type { RunRecord } from "./record.js";
import type { RunStore } from "./store.js";

/** Without a sign for so long that the run is still this drive's, it looks before it writes. The queue waits longer than that. */
const TRUSTED_MS = 20_000;

/**
 * One drive's right to its run: the epoch that its claim has given it. Another claim raises the epoch, and from then on nothing that this
 * drive writes is taken; what cannot refuse it by itself is asked for here first.
 */
export class Fence {
  readonly runId: string;
  readonly epoch: number;
  readonly #store: RunStore;
  readonly #unconfirmedMs: () => number;

  /** @param o.unconfirmedMs how long ago the queue has confirmed that the task is this worker's; default: it always has just now */
  constructor(store: RunStore, o: { runId: string; epoch: number; unconfirmedMs?: () => number }) {
    this.runId = o.runId;
    this.epoch = o.epoch;
    this.#store = store;
    this.#unconfirmedMs = o.unconfirmedMs ?? (() => 0);
  }

  /** Reads the record, right before an effect. @throws BackboneError `fenced` */
  async check(): Promise<void> {
    this.#compare(await this.#store.get(this.runId));
  }

  /** For what happens often: reads the record only if nothing has confirmed for a while that the run is ours. @throws BackboneError `fenced` */
  async held(): Promise<void> {
    if (this.#unconfirmedMs() > TRUSTED_MS) await this.check();
  }

  /** Changes the record as long as it is ours. @throws BackboneError `fenced` */
  change(change: (now: RunRecord) => RunRecord): Promise<RunRecord> {
    return this.#store.change(this.runId, (now) => {
      this.#compare(now);
      return change(now);
    });
  }

  #compare({ epoch }: RunRecord): void {
    if (epoch === this.epoch) return;
    const message = `Run ${this.runId} was taken over by epoch ${epoch}; epoch ${this.epoch} may not go on with it.`;
    throw new BackboneError("fenced", message);
  }
}

/** Whether an error says that somebody else has taken over. */
export function isFenced(error: unknown): boolean {
  return errorCode(rootError(error)) === "fenced";
}
