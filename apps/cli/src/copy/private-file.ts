import { randomBytes } from "node:crypto";
import { lstat, mkdir, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { codeOf, messageOf } from "@vibewriter/server";
import { plain } from "../escape.js";
import { UsageError } from "../exit.js";

/**
 * Writes a file that only its owner reads. A new one in any case: who could read what was there before, or has it open, does not read this.
 * It is written beside and renamed: what is there is whole, or what was there before.
 * @returns how many bytes
 * @throws UsageError for a path that cannot be written
 */
export async function writePrivate(path: string, chunks: AsyncIterable<Uint8Array>): Promise<number> {
  const beside = `${path}.${randomBytes(4).toString("hex")}.part`;
  let bytes = 0;
  try {
    {
      await using out = await openBeside(path, beside);
      for await (const chunk of chunks) {
        await out.writeFile(chunk);
        bytes += chunk.byteLength;
      }
      await out.sync();
    }
    await rename(beside, path);
  } finally {
    await rm(beside, { force: true });
  }
  return bytes;
}

async function openBeside(path: string, beside: string) {
  try {
    await mkdir(dirname(path), { recursive: true });
    // A device, or a link to one, would be gone.
    if (!(await isFileOrNone(path))) throw new Error("it is there, and no file");
    return await open(beside, "wx", 0o600);
  } catch (cause) {
    throw new UsageError(`Cannot write ${plain(path)} (${plain(messageOf(cause))}); name another file.`, { cause });
  }
}

async function isFileOrNone(path: string): Promise<boolean> {
  try {
    return (await lstat(path)).isFile();
  } catch (error) {
    if (codeOf(error) === "ENOENT") return true;
    throw error;
  }
}
