import type { Backbone, StoredEvent } from "@vibewriter/backbone";
import { errorCode } from "../errors.js";

/**
 * What persons ask of a run while it is driven: events in its log, heeded by whoever drives it, wherever that is. What was asked before the
 * run was last queued is over.
 */
export class Requests implements AsyncDisposable {
  readonly #ending = new AbortController();
  readonly #following: Promise<void>;

  private constructor(follow: (signal: AbortSignal) => Promise<void>) {
    this.#following = follow(this.#ending.signal);
  }

  /** @param onCancel called once, when somebody wants the run to stop */
  static follow(events: Backbone["events"], runId: string, onCancel: () => void): Requests {
    return new Requests(async (signal) => {
      try {
        const asked = await read(events, runId, signal);
        if (asked.cancel) onCancel();
        for await (const event of events.follow(runId, { from: asked.last + 1, signal })) {
          if (isCancel(event)) onCancel();
        }
      } catch (error) {
        // The log is followed over restarts of the server; a drive whose backbone is closed is over itself.
        if (!signal.aborted && errorCode(error) !== "closed") throw error;
      }
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ending.abort();
    await this.#following;
  }
}

async function read(events: Backbone["events"], runId: string, signal: AbortSignal) {
  const asked = { cancel: false, last: 0 };
  for await (const event of events.read(runId, { signal })) {
    if (isCancel(event)) asked.cancel = true;
    else if (isQueued(event)) asked.cancel = false;
    asked.last = event.seq;
  }
  return asked;
}

function isCancel({ type }: StoredEvent): boolean {
  return type === "cancel.requested";
}

function isQueued({ type, id }: StoredEvent): boolean {
  return type === "status" && /^status\.s\d+\.queued$/.test(id);
}
