import { setTimeout as sleep } from "node:timers/promises";
import type { Backbone, StoredEvent } from "@vibewriter/backbone";
import { errorCode } from "../errors.js";

export interface Heed {
  /** Somebody wants the run to stop. */
  readonly onCancel: () => void;
  /** The first tool call of this drive is done. Its failure is no more than a word that was not taken back. */
  readonly onProgress: () => Promise<void>;
}

const AGAIN_MS = 1_000;

/**
 * What happens in the log of a run while it is driven, and what persons ask of it there, heeded by whoever drives it, wherever that is. What
 * was asked before the run was last queued is over.
 */
export class Requests implements AsyncDisposable {
  readonly #ending = new AbortController();
  readonly #following: Promise<void>;

  private constructor(follow: (signal: AbortSignal) => Promise<void>) {
    this.#following = follow(this.#ending.signal);
    // Thrown where it is awaited, at the end of the drive: until then it must not end the process.
    this.#following.catch(() => undefined);
  }

  static follow(events: Backbone["events"], runId: string, heed: Heed): Requests {
    return new Requests(async (signal) => {
      while (!signal.aborted) {
        try {
          return await heedLog(events, runId, heed, signal);
        } catch (error) {
          // A drive whose backbone is closed is over itself.
          if (signal.aborted || errorCode(error) === "closed") return;
          // Over an outage the log is looked at anew: what was asked meanwhile stands in it.
          if (errorCode(error) !== "unavailable") throw error;
          await sleep(AGAIN_MS, undefined, { signal }).catch(() => undefined); // Ending: the loop sees it.
        }
      }
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ending.abort();
    await this.#following;
  }
}

async function heedLog(
  events: Backbone["events"],
  runId: string,
  { onCancel, onProgress }: Heed,
  signal: AbortSignal,
): Promise<void> {
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
