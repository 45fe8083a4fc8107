import { statfs } from "node:fs/promises";
import { dirname } from "node:path";
import { codeOf, ServerError } from "./errors.js";

/** What to do about a home that has no space. */
export const ANOTHER_HOME = "set VIBEWRITER_HOME to a folder on another disk";

/**
 * Throws ServerError disk_full when the file system that holds `path` (which need not exist yet) has less than `bytes` free. `what`
 * needs them, and `instead` is what to do where no space can be made.
 */
export async function requireSpace(
  path: string,
  bytes: number,
  { what, instead }: { what: string; instead: string },
): Promise<void> {
  const { bavail, bsize } = await statfsOf(path);
  const free = bavail * bsize;
  if (free >= bytes) return;
  throw new ServerError(
    "disk_full",
    `There are ${mib(free)} MiB free for ${path} and ${what} needs ${mib(bytes)} MiB; free some space, or ${instead}.`,
  );
}

async function statfsOf(path: string): Promise<{ bavail: number; bsize: number }> {
  try {
    return await statfs(path);
  } catch (error) {
    if (codeOf(error) !== "ENOENT" || dirname(path) === path) throw error;
    return statfsOf(dirname(path));
  }
}

function mib(bytes: number): number {
  return Math.floor(bytes / 1024 / 1024);
}
