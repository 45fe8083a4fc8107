import { mkdir, open, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { ChoirError } from "../errors.js";
import { namesIn, readPrivate, writePrivate } from "./private-files.js";

/** A file of a keystore by its path in the folder. */
export interface KeystoreFile {
  name: string;
  content: string | Uint8Array;
}

const KEYS = "authors";
const SECRET = "authors.secret";
/** What is being written, and does not count. */
const NEXT = "authors.next";
/** What takes the place of files in `authors/`: all of it counts from the moment on that it has this name. */
const NEW = "authors.new";

/** Puts files in the place of those that there are: all or, if it is cut off, none; {@link finishReplacing} does the rest then. */
export async function replaceKeys(folder: string, files: readonly KeystoreFile[]): Promise<void> {
  await finishReplacing(folder);
  if (files.length === 0) return;
  const next = join(folder, NEXT);
  for (const { name, content } of files) await writePrivate(join(next, name), content, { exclusive: true });
  await inWords(next, async () => {
    await sync(next);
    await rename(next, join(folder, NEW));
    await sync(folder);
  });
  await finishReplacing(folder);
}

/** Ends what a process that died had begun. */
export async function finishReplacing(folder: string): Promise<void> {
  const made = join(folder, NEW);
  const names = await namesIn(made);
  await inWords(made, async () => {
    await rm(join(folder, NEXT), { recursive: true, force: true });
    for (const name of names) await rename(join(made, name), join(folder, KEYS, name));
    if (names.length > 0) await sync(join(folder, KEYS));
    await rm(made, { recursive: true, force: true });
  });
}

/** Every file of a keystore that there is. */
export async function readKeystore(folder: string): Promise<KeystoreFile[]> {
  const keys = (await namesIn(join(folder, KEYS))).filter((name) => name.endsWith(".json")).sort();
  const files: KeystoreFile[] = [];
  for (const name of [...keys.map((key) => `${KEYS}/${key}`), SECRET]) {
    const content = await readPrivate(join(folder, name));
    if (content !== undefined) files.push({ name, content });
  }
  return files;
}

/**
 * Puts the files of a keystore into a folder that has none, or these; nobody may have it open.
 * @throws ChoirError `author_exists` if it has others: they are of another secret
 */
export async function restoreKeystore(folder: string, files: readonly KeystoreFile[]): Promise<void> {
  await finishReplacing(folder);
  const wanted = new Map(files.map(({ name, content }) => [name, Buffer.from(content)]));
  for (const { name, content } of await readKeystore(folder)) {
    if (wanted.get(name)?.equals(Buffer.from(content))) continue;
    const text = `${folder} has other keys of authors already: export them, and restore into a home without any.`;
    throw new ChoirError("author_exists", text);
  }
  await mkdir(folder, { recursive: true, mode: 0o700 });
  for (const { name, content } of files) await writePrivate(join(folder, name), content, { exclusive: true });
}

/** What a folder has in it is on the disk. */
async function sync(folder: string): Promise<void> {
  await using handle = await open(folder, "r");
  await handle.sync();
}

async function inWords(path: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new ChoirError("keystore_failed", `${path} cannot be changed (${why}): see to its folder.`, { cause });
  }
}
