import { isMicroVMError } from "@vibewriter/microvm";
import { errorCode } from "../errors.js";

/** NATS has been asked for ten seconds and more by then, and a sandbox's service as its client sees fit. */
const SERVICES_MS = [1_000, 4_000, 10_000];
const SERVICES = new Set(["unavailable", "conflict", "sandbox_unavailable"]);
/** A host with too much to do comes to itself when other runs are through. */
const VMS_MS = [1_000, 4_000, 15_000, 60_000];

/**
 * How long to wait, in milliseconds, before a drive that failed with `error` is tried for the `n`th time again (from 1); undefined if that
 * would not help, or helped not often enough: then the run fails, and can be resumed.
 */
export function pauseBefore(n: number, error: Error): number | undefined {
  // It did not answer, did not come up, went away under a call, or its disk failed, which the next drive sees to. What ran in it is done
  // again, or not, by the operation's key.
  if (isMicroVMError(error, "timed_out", "connection_lost", "start_failed", "stopped", "io_error", "read_only"))
    return VMS_MS[n - 1];
  return SERVICES.has(errorCode(error) ?? "") ? SERVICES_MS[n - 1] : undefined;
}
