import { statfs } from "node:fs/promises";
import { dirname } from "node:path";
import { SetupError } from "./errors.mjs";

/** Throws SetupError 3 unless the file system that `path` is or will be on has `bytes` to spare. */
export async function requireSpace(path, bytes, free = freeBytes) {
  const found = await free(path);
  if (found >= bytes) return;
  throw new SetupError(
    3,
    `There is not enough disk space for ${path}: ${gib(found)} GiB free, ${gib(bytes)} GiB needed. Free some, or set VIBEWRITER_HOME to a folder on another disk.`,
  );
}

/** Bytes an ordinary user can still write where `path` is, or would be. */
export async function freeBytes(path) {
  for (let folder = path; ; folder = dirname(folder)) {
    try {
      const { bavail, bsize } = await statfs(folder);
      return bavail * bsize;
    } catch (error) {
      if (error.code !== "ENOENT" || folder === dirname(folder)) throw error;
    }
  }
}

const gib = (bytes) => (bytes / 1024 ** 3).toFixed(1);
