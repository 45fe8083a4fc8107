import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { EvidenceError } from "../errors.js";
import { mebibytes } from "./limits.js";
import { READ_FORMATS } from "./media.js";

/** The bytes of a source with what their origin says of them. */
export interface SourceBytes {
  bytes: Uint8Array;
  mediaType: string;
  /** A file name or URL. */
  name: string;
}

/**
 * Reads a regular file whole, or its beginning; never more than was allowed, even if it grows meanwhile.
 * @throws EvidenceError `missing`, `unsupported` for anything that is not a file, `too_large`, `unreadable`
 */
export async function readSourceFile(path: string, o: { maxBytes: number; head?: number }): Promise<Uint8Array> {
  try {
    // Without O_NONBLOCK a pipe put in the place of a file would hold the process.
    await using file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const stat = await file.stat();
    if (!stat.isFile()) throw new EvidenceError("unsupported", `${path} is not a file: give ${READ_FORMATS} files.`);
    if (stat.size > o.maxBytes) throw tooLarge(path, stat.size, o.maxBytes);
    const wanted = Math.min(stat.size, o.head ?? stat.size);
    const buffer = Buffer.alloc(wanted);
    let filled = 0;
    while (filled < wanted) {
      const { bytesRead } = await file.read(buffer, filled, wanted - filled, filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return buffer.subarray(0, filled);
  } catch (error) {
    throw error instanceof EvidenceError ? error : fileError(path, error);
  }
}

export function tooLarge(path: string, bytes: number, limit: number): EvidenceError {
  return new EvidenceError(
    "too_large",
    `${path} has ${mebibytes(bytes)}, more than the ${mebibytes(limit)} a source may have: give a smaller file.`,
  );
}

/** A sentence for what the operating system says of a path. */
export function fileError(path: string, error: unknown): EvidenceError {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "ENOENT" || code === "ENOTDIR")
    return new EvidenceError("missing", `${path} does not exist: check the path given to --sources.`, { cause: error });
  if (code === "EACCES" || code === "EPERM")
    return new EvidenceError("unreadable", `${path} may not be read by this user: change its permissions.`, {
      cause: error,
    });
  if (code === "ELOOP")
    return new EvidenceError("unreadable", `${path} is a link that leads to itself.`, { cause: error });
  const reason = error instanceof Error ? error.message : String(error);
  return new EvidenceError("unreadable", `${path} cannot be read: ${reason}.`, { cause: error });
}
