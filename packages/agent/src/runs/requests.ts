import type { Backbone, StoredEvent } from "@vibewriter/backbone";
import { errorCode } from "../errors.js";

export interface Heed {
  /** Somebody wants the run to stop. */
  readonly onCancel: () => void;
  /** The first tool call of this drive is done. Its failure is no more than a word that was not taken back. */
  readonly onProgress: () => Promise<void>;
}

/**
 * What happens in the log of a run while it is driven, and what persons ask of it there, heeded by whoever drives it, wherever that is. What
 * was asked before the run was last queued is over.
 */
export class Requests implements AsyncDisposable {
  readonly #ending = new AbortController();
  readonly #following: Promise<void>;

  private constructor(follow: (signal: AbortSignal) => Promise<void>) {
    this.#following = follow(this.#ending.signal);
  }

  static follow(events: Backbone["events"], runId: string, { onCancel, onProgress }: Heed): Requests {
    return new Requests(async (signal) => {
      try {
        const asked = await read(events, runId, signal);
        if (asked.cancel) onCancel();
        let isNew = true;
        for await (const event of events.follow(runId, { from: asked.last + 1, signal })) {
          if (isCancel(event)) onCancel();
          if (isNew && event.type === "tool.finished") {
            isNew = false;
            // Only a count of losses starts anew; if that cannot be written now, it is one too high.
            await onProgress().catch(() => undefined);
          }
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
