import { randomUUID } from "node:crypto";
import { link, mkdir, open, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { ChoirError } from "../errors.js";

/**
 * Reads a file that only its owner may read; undefined if it is not there.
 * @throws ChoirError `keystore_failed` if others can read it
 */
export async function readPrivate(path: string): Promise<Buffer | undefined> {
  try {
    const { mode } = await stat(path);
    if ((mode & 0o077) === 0) return await readFile(path);
  } catch (error) {
    if (isGone(error)) return undefined;
    throw failed(path, "cannot be read", error);
  }
  throw new ChoirError("keystore_failed", `Others can read ${path}, which holds a secret: run chmod 600 on it.`);
}

/** Writes a private file whole or not at all; `exclusive`: only if there is none, and says whether. */
export async function writePrivate(
  path: string,
  content: string | Uint8Array,
  o: { exclusive: boolean },
): Promise<boolean> {
  const beside = `${path}.${randomUUID()}`;
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    {
      await using file = await open(beside, "wx", 0o600);
      await file.writeFile(content);
      await file.sync();
    }
    if (o.exclusive) await link(beside, path);
    else await rename(beside, path);
    return true;
  } catch (error) {
    if (o.exclusive && (error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw failed(path, "cannot be written", error);
  } finally {
    await rm(beside, { force: true });
  }
}

export async function removePrivate(path: string): Promise<void> {
  try {
    await rm(path, { force: true });
  } catch (error) {
    throw failed(path, "cannot be removed", error);
  }
}

/** The names in a folder, none if it is not there. */
export async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isGone(error)) return [];
    throw failed(folder, "cannot be read", error);
  }
}

function isGone(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === "ENOENT";
}

function failed(path: string, what: string, cause: unknown): ChoirError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new ChoirError("keystore_failed", `${path} ${what} (${why}): see to its folder.`, { cause });
}
