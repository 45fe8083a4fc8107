import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { lstat, readdir, readFile, readlink } from "node:fs/promises";
import { join, relative } from "node:path";

/** What a folder holds: for each path below it, and for itself as "", kind, mode, times and content. */
export type Tree = ReadonlyMap<string, string>;

export async function treeOf(folder: string): Promise<Tree> {
  const tree = new Map<string, string>();
  const paths = [folder];
  for (const path of paths) {
    const info = await lstat(path);
    const { mode, mtimeMs, ctimeMs } = info;
    const content = info.isFile() ? await digestOf(path) : info.isSymbolicLink() ? await readlink(path) : "";
    tree.set(relative(folder, path), JSON.stringify({ mode, mtimeMs, ctimeMs, content }));
    if (info.isDirectory()) paths.push(...(await readdir(path)).map((name) => join(path, name)));
  }
  return tree;
}

/** Paths that were made, changed or removed between two looks at a folder, sorted. */
export function changesBetween(before: Tree, after: Tree): string[] {
  const paths = new Set([...before.keys(), ...after.keys()]);
  return [...paths].filter((path) => before.get(path) !== after.get(path)).sort();
}

/** Files below `folder` that contain one of `words`, as bytes; paths that `isSkipped` are not looked into. */
export async function filesWith(
  folder: string,
  words: readonly string[],
  isSkipped: (path: string) => boolean,
): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (isSkipped(path)) continue;
    if (entry.isDirectory()) found.push(...(await filesWith(path, words, isSkipped)));
    else if (entry.isFile()) {
      const bytes = await readFile(path);
      if (words.some((word) => bytes.includes(word))) found.push(path);
    }
  }
  return found;
}

/** The files below folders that hold one of some texts, by path; also large ones, and those of links that folders are. */
export async function filesHolding(words: readonly string[], folders: readonly string[]): Promise<string[]> {
  // Not as text: a disk is one line of many GiB then, and its holes are read.
  const child = spawn("grep", ["-rlF", "--devices=skip", "-f", "-", ...folders], {
    stdio: ["pipe", "pipe", "inherit"],
    env: { PATH: process.env.PATH, LC_ALL: "C" },
  });
  child.stdin.end(`${words.join("\n")}\n`);
  let found = "";
  for await (const chunk of child.stdout) found += String(chunk);
  return found
    .split("\n")
    .filter((path) => path !== "")
    .sort();
}

async function digestOf(path: string): Promise<string> {
  return createHash("sha256")
    .update(await readFile(path))
    .digest("hex");
}
