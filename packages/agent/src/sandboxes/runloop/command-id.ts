import { createHash } from "node:crypto";
import { nextOperation } from "@vibewriter/microvm";

/**
 * The id of the next command, as Runloop wants it: a UUID of version 7. Inside `withOperations` it is the same for the same call of a run
 * that is resumed, so that a command whose answer was lost is asked after and not run again.
 */
export function nextCommandId(): string {
  const hash = createHash("sha256").update(nextOperation().id).digest("hex");
  const variant = "89ab"[Number.parseInt(hash[16] ?? "0", 16) % 4];
  return [
    hash.slice(0, 8),
    hash.slice(8, 12),
    `7${hash.slice(13, 16)}`,
    `${variant}${hash.slice(17, 20)}`,
    hash.slice(20, 32),
  ].join("-");
}
