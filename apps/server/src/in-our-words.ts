import { isDiskFull, isForbidden } from "@vibewriter/backbone";
import { ServerError } from "./errors.js";

/** A failure as a person should hear it. Every part meets a full disk, and what its key may not do, in words of its own, which say nothing of what to do. */
export function inOurWords(error: unknown): unknown {
  if (error instanceof ServerError) return error;
  if (isDiskFull(error))
    return new ServerError("disk_full", "The disk is full; free some space and try again.", { cause: error });
  if (isForbidden(error)) return new ServerError("forbidden", NOT_WITH_THIS_KEY, { cause: error });
  return error;
}

const NOT_WITH_THIS_KEY =
  "The key that this home has on NATS (VIBEWRITER_NATS_NKEY) may not do that: a client's starts, watches and answers runs, and reads what the tenant has. Do it in a home with a worker's key or, for backups and erasing, with the operator's.";
