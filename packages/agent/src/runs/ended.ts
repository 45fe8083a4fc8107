import { isFinal, type RunRecord } from "./record.js";

/** How long what only a run itself needs is kept after its end, so that one can look back at how it went. */
export const KEPT_MS = 7 * 24 * 60 * 60 * 1000;

/** Whether a run ended so long ago that what only it needs may go. */
export function hasEndedLongAgo({ status, finishedAt }: Pick<RunRecord, "status" | "finishedAt">): boolean {
  return isFinal(status) && finishedAt !== undefined && Date.now() - Date.parse(finishedAt) >= KEPT_MS;
}
