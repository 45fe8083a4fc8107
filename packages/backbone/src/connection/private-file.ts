import { readFile, stat } from "node:fs/promises";
import { BackboneError, reason } from "../errors.js";

/**
 * Reads a file that holds a secret. `what` completes the sentence "The file with ... is not there".
 * @throws BackboneError `bad_config` if it is not there, cannot be read, or if anybody but its owner can read it
 */
export async function readPrivateFile(path: string, what: string): Promise<string> {
  const { mode } = await orSentence(stat(path), path, what);
  if ((mode & 0o077) !== 0) {
    throw new BackboneError(
      "bad_config",
      `Others can read ${path}, which holds ${what}; allow it to its owner only: chmod 600 ${path}.`,
    );
  }
  return await readNamedFile(path, what);
}

/** Reads a file that a setting names, of any mode. @throws BackboneError `bad_config` */
export async function readNamedFile(path: string, what: string): Promise<string> {
  return await orSentence(readFile(path, "utf8"), path, what);
}

async function orSentence<T>(reading: Promise<T>, path: string, what: string): Promise<T> {
  try {
    return await reading;
  } catch (cause) {
    const isMissing = (cause as NodeJS.ErrnoException).code === "ENOENT";
    const problem = isMissing ? "is not there" : `cannot be read (${reason(cause)})`;
    throw new BackboneError("bad_config", `The file with ${what}, ${path}, ${problem}; correct the setting.`, {
      cause,
    });
  }
}
