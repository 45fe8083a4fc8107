import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join, relative } from "node:path";

/** sha-256 of a file, read in parts. */
export async function sha256Of(path) {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path)) hash.update(chunk);
  return hash.digest("hex");
}

/**
 * One digest over files and folders (recursive), by their names relative to `root` and their contents.
 * `keep(relativePath)` says which files count; folders that are not there count as empty.
 */
export async function digestOf(root, paths, keep = () => true) {
  const files = (await Promise.all(paths.map((path) => filesUnder(join(root, path))))).flat();
  const names = files
    .map((file) => relative(root, file))
    .filter(keep)
    .sort();
  const hash = createHash("sha256");
  const contents = await Promise.all(names.map((name) => readFile(join(root, name))));
  for (const [i, name] of names.entries()) {
    hash.update(`${name}\0${contents[i].length}\0`).update(contents[i]);
  }
  return hash.digest("hex");
}

const SKIPPED = new Set(["node_modules", "dist", "target", ".git"]);

/** Every file under a path, or the path itself if it is a file. */
async function filesUnder(path) {
  let entries;
  try {
    entries = await readdir(path, { withFileTypes: true });
  } catch (error) {
    if (error.code === "ENOTDIR") return [path];
    if (error.code === "ENOENT") return [];
    throw error;
  }
  const found = entries.map((entry) => {
    const child = join(path, entry.name);
    if (entry.isDirectory()) return SKIPPED.has(entry.name) ? [] : filesUnder(child);
    return entry.isFile() ? [child] : [];
  });
  return (await Promise.all(found)).flat();
}
