import { setTimeout as sleep } from "node:timers/promises";
import { isFinal, type RunRecord } from "@vibewriter/agent/runs";
import { type FollowedEvent, findServer, ServerError } from "@vibewriter/server";
import type { TestHome } from "./home.js";
import { serverOf } from "./server.js";

/** Follows a run as a person's terminal would, and takes it up again whenever the server is back. Asks nothing of the run itself. */
export class RunWatch {
  /** Every event that it was told, in the order of the telling. */
  readonly seen: FollowedEvent[] = [];
  /** Resolves when the run is over. */
  readonly over: Promise<RunRecord>;

  constructor(
    readonly home: TestHome,
    readonly runId: string,
    readonly signal: AbortSignal,
  ) {
    this.over = this.#follow();
    this.over.catch(() => undefined); // Awaited where the run must be over.
  }

  /** All events of the run as they are stored now. */
  async log(): Promise<FollowedEvent[]> {
    const server = await serverOf(this.home);
    const events: FollowedEvent[] = [];
    for await (const event of server.events(this.runId)) events.push(event);
    return events;
  }

  async #follow(): Promise<RunRecord> {
    while (!this.signal.aborted) {
      try {
        const server = await findServer(this.home.path);
        if (server !== undefined) {
          const after = this.seen.at(-1)?.seq ?? 0;
          for await (const event of server.events(this.runId, { after, signal: this.signal })) this.seen.push(event);
          const run = await server.run(this.runId);
          if (isFinal(run.status)) return run;
        }
      } catch (error) {
        // The server is dead or starting: what it could not tell it tells later.
        if (!(error instanceof ServerError) && !this.signal.aborted && !isBroken(error)) throw error;
      }
      await sleep(200);
    }
    throw new Error(`The test ended before run ${this.runId} did.`);
  }
}

function isBroken(error: unknown): boolean {
  return error instanceof Error && /aborted|ECONNRESET|ECONNREFUSED|ENOENT|EPIPE|socket|hang up/i.test(String(error));
}
