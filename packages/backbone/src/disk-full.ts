const CODES = new Set(["ENOSPC", "EDQUOT", "SQLITE_FULL"]);
/** SQLite over a thread, and JetStream over its API, keep only the words. */
const WORDS = /no space left on device|disk quota exceeded|disk is full|insufficient storage|maximum bytes exceeded/i;

/** True if a full disk is what an error is about, or what one of its causes is about. */
export function isDiskFull(error: unknown): boolean {
  const seen = new Set<unknown>();
  for (let at = error; at instanceof Error && !seen.has(at); at = at.cause) {
    seen.add(at);
    if ("code" in at && typeof at.code === "string" && CODES.has(at.code)) return true;
    if (WORDS.test(at.message)) return true;
  }
  return false;
}
