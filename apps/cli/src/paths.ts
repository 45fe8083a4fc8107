import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { codeOf } from "@vibewriter/server";
import { plain } from "./escape.js";
import { UsageError } from "./exit.js";

/** Absolute paths of what the person named; throws UsageError for one that is not there. What is inside is the server's to judge. */
export async function existing(cwd: string, paths: readonly string[]): Promise<string[]> {
  return Promise.all(paths.map((path) => existingPath(cwd, path)));
}

async function existingPath(cwd: string, path: string): Promise<string> {
  // An unset variable of a shell: the folder that the person happens to be in is not what was meant.
  if (path === "") throw new UsageError("A path given to --sources is empty; name a file or a folder.");
  const absolute = resolve(cwd, path);
  try {
    await stat(absolute);
  } catch (cause) {
    if (codeOf(cause) === "EACCES") throw new UsageError(`${plain(path)} cannot be read; change its permissions.`);
    throw new UsageError(`There is no ${plain(path)}; check the path given to --sources.`);
  }
  return absolute;
}
