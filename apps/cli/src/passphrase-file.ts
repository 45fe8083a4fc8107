import { readFile, stat } from "node:fs/promises";
import { resolve } from "node:path";
import { messageOf } from "@vibewriter/server";
import { plain } from "./escape.js";
import { UsageError } from "./exit.js";

/**
 * The passphrase in a file, without its last line end. Among the arguments it would be in the shell's history and in every list of processes.
 * @param file as a person has typed it
 * @throws UsageError for a file that cannot be read, or that others can read
 */
export async function readPassphrase(cwd: string, file: string): Promise<string> {
  const path = resolve(cwd, file);
  try {
    const passphrase = (await readFile(path, "utf8")).replace(/\r?\n$/, "");
    const { mode } = await stat(path);
    if ((mode & 0o077) === 0) return passphrase;
  } catch (cause) {
    throw new UsageError(`${plain(file)} cannot be read (${plain(messageOf(cause))}); name a file.`, { cause });
  }
  throw new UsageError(`Others can read the passphrase file ${plain(file)}; run chmod 600 on it.`);
}
