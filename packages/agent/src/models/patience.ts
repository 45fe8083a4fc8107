import { setTimeout as sleep } from "node:timers/promises";
import { parseRetryAfterMs } from "@langchain/core/utils/async_caller";
import { googleRetryMs } from "./google-failure.js";

/** How often, and how long after, a failed call is made again. */
export interface Patience {
  /** Milliseconds before the first, second, ... repetition; half of each is left to chance, so that many callers do not come back at once. */
  readonly pausesMs: readonly number[];
  /** A service that asks for more milliseconds than this is not waited for. */
  readonly mostMs: number;
}

export const PATIENCE: Patience = { pausesMs: [1_000, 2_000, 4_000, 8_000], mostMs: 60_000 };

/** Nobody asks in the same moment again, also where the service says when. */
const SPREAD_MS = 250;

const RETRY_AFTER = "retry-after";

/**
 * Does `work` until it succeeds, fails with what no repetition helps against, or has failed often enough; then its last error is thrown. The only
 * place where calls of models are repeated. What a service says with `Retry-After` counts for more than our own pauses.
 * @param o.helps whether doing it again may help
 * @param o.onPause is told before each pause
 */
export async function patiently<T>(
  work: () => Promise<T>,
  o: {
    patience?: Patience;
    signal?: AbortSignal;
    helps: (error: unknown) => boolean;
    onPause?: (pause: { ms: number; attempt: number; error: unknown }) => Promise<void>;
  },
): Promise<T> {
  const { pausesMs, mostMs } = o.patience ?? PATIENCE;
  for (let attempt = 0; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      const pause = pausesMs[attempt];
      if (pause === undefined || o.signal?.aborted || !o.helps(error)) throw error;
      const asked = retryAfterOf(error);
      if (asked !== undefined && asked > mostMs) throw error;
      const ms = Math.round(
        asked === undefined ? pause * (0.5 + Math.random() / 2) : asked + Math.random() * SPREAD_MS,
      );
      await o.onPause?.({ ms, attempt: attempt + 1, error });
      await sleep(ms, undefined, { signal: o.signal });
    }
  }
}

/** Milliseconds after which the service wants to be asked again; undefined where it does not say. */
export function retryAfterOf(error: unknown): number | undefined {
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++) {
    const ms =
      parseRetryAfterMs(headerIn("headers" in at ? at.headers : undefined)) ?? googleRetryMs(Reflect.get(at, "data"));
    if (ms !== undefined) return ms;
  }
  return undefined;
}

/** Clients give the headers of an answer as they are, or as a plain object. */
function headerIn(headers: unknown): string | null {
  if (headers instanceof Headers) return headers.get(RETRY_AFTER);
  const value: unknown =
    typeof headers === "object" && headers !== null ? Reflect.get(headers, RETRY_AFTER) : undefined;
  return typeof value === "string" ? value : null;
}
