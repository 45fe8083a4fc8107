import type { Backbone } from "@vibewriter/backbone";
import { NatsSaver } from "@vibewriter/langgraph-nats";
import { hasEndedLongAgo, KEPT_MS } from "./ended.js";
import { type RunRecord, threadOf } from "./record.js";

const HOUR_MS = 60 * 60 * 1000;

export type CheckpointJanitorEvent =
  | { readonly type: "checkpoints pruned"; threads: number; checkpoints: number; values: number }
  | { readonly type: "checkpoints damaged"; thread: string; message: string }
  | { readonly type: "checkpoints not pruned"; message: string };

/** What has to be known of a run. */
type Ended = Pick<RunRecord, "runId" | "agentId" | "status" | "finishedAt" | "attempt">;

export interface CheckpointJanitorOptions {
  readonly backbone: Backbone;
  readonly runs: () => Promise<Ended[]>;
  readonly onEvent: (event: CheckpointJanitorEvent) => void;
}

/** Removes the intermediate checkpoints of runs that ended a week ago, at once and then every hour, those of each attempt. The last
 * checkpoints of a thread stay, so that such a run can still be continued. */
export class CheckpointJanitor implements AsyncDisposable {
  readonly #options: CheckpointJanitorOptions;
  readonly #timer: NodeJS.Timeout;
  /** Runs that have been seen to, each with the time when it had ended: it may go on and end again. */
  readonly #done = new Map<string, string>();
  #isEnding = false;
  #sweep: Promise<void>;

  private constructor(options: CheckpointJanitorOptions) {
    this.#options = options;
    this.#sweep = this.#prune();
    this.#timer = setInterval(() => {
      this.#sweep = this.#sweep.then(() => this.#prune());
    }, HOUR_MS);
    this.#timer.unref();
  }

  static start(options: CheckpointJanitorOptions): CheckpointJanitor {
    return new CheckpointJanitor(options);
  }

  /** Resolves when the sweep that is under way is over. */
  async idle(): Promise<void> {
    await this.#sweep;
  }

  /** Ends after the run that is being seen to. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isEnding = true;
    clearInterval(this.#timer);
    await this.#sweep;
  }

  async #prune(): Promise<void> {
    const { backbone, runs, onEvent } = this.#options;
    try {
      const ended = (await runs()).filter((run) => this.#isDue(run));
      const total = { threads: 0, checkpoints: 0, values: 0 };
      for (const agent of new Set(ended.map(({ agentId }) => agentId))) {
        const saver = NatsSaver.fromConnection(backbone.connection, { agent, owner: "janitor" });
        const threads = this.#threads(ended.filter(({ agentId }) => agentId === agent));
        const pruned = await saver.prune({ finished: threads, olderThan: KEPT_MS });
        total.threads += pruned.threads;
        total.checkpoints += pruned.checkpoints;
        total.values += pruned.values;
        for (const { thread, error } of pruned.damaged) {
          onEvent({ type: "checkpoints damaged", thread, message: error.message });
        }
      }
      if (total.checkpoints + total.values > 0) onEvent({ type: "checkpoints pruned", ...total });
    } catch (error) {
      // What was not removed this time is removed the next time.
      onEvent({ type: "checkpoints not pruned", message: error instanceof Error ? error.message : String(error) });
    }
  }

  *#threads(runs: readonly Ended[]): Generator<string> {
    for (const { runId, attempt: attempts, finishedAt = "" } of runs) {
      for (let attempt = 1; attempt <= attempts; attempt += 1) {
        if (this.#isEnding) return;
        yield threadOf({ runId, attempt });
      }
      this.#done.set(runId, finishedAt);
    }
  }

  #isDue(run: Ended): boolean {
    return hasEndedLongAgo(run) && this.#done.get(run.runId) !== run.finishedAt;
  }
}
