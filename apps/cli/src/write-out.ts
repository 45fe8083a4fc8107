import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { codeOf, messageOf } from "@vibewriter/server";
import { plain } from "./escape.js";
import { UsageError } from "./exit.js";

/** Writes a file that the person named, with the folders above it. @throws UsageError that says why not */
export async function writeOut(path: string, content: Uint8Array | string): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
  } catch (cause) {
    const why = codeOf(cause) === "EISDIR" ? "it is a folder" : messageOf(cause);
    throw new UsageError(`Cannot write ${plain(path)} (${plain(why)}); name another file.`, { cause });
  }
}
