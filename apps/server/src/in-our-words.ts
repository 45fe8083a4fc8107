import { isDiskFull } from "@vibewriter/backbone";
import { ServerError } from "./errors.js";

/** A failure as a person should hear it. Every part meets a full disk in words of its own, which say nothing of what to do. */
export function inOurWords(error: unknown): unknown {
  if (error instanceof ServerError || !isDiskFull(error)) return error;
  return new ServerError("disk_full", "The disk is full; free some space and try again.", { cause: error });
}
