import { statfs } from "node:fs/promises";
import { dirname } from "node:path";
import { codeOf, ServerError } from "./errors.js";

/** Throws ServerError disk_full when the file system that holds `path` (which need not exist yet) has less than `bytes` free. */
export async function requireSpace(path: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfsOf(path);
  const free = bavail * bsize;
  if (free >= bytes) return;
  throw new ServerError(
    "disk_full",
    `There are ${mib(free)} MiB free for ${path} and a run needs ${mib(bytes)} MiB; free some space or name another folder.`,
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
