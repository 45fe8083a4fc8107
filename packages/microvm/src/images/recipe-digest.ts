import { createHash } from "node:crypto";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { fileDigest } from "../file-digest.js";
import type { Recipe } from "./recipe.js";
import type { Architecture } from "./record.js";

/** Raised when the way images are built changes. */
const generation = 1;

/** A hash over everything that decides what is in an image, but the versions that package servers choose. */
export async function recipeDigest(
  recipe: Recipe,
  o: { architecture: Architecture; ground: string[] },
): Promise<string> {
  const files: [string, unknown][] = [];
  for (const guest of Object.keys(recipe.files).sort()) files.push([guest, await contents(recipe.files[guest] ?? "")]);
  const { apt, pip, npm } = recipe;
  const parts = [generation, o.architecture, o.ground, apt, pip, npm, files];
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}

/** What is in a file, or in a folder with all that is below it; whether a file can be executed counts. */
async function contents(path: string): Promise<unknown> {
  const found = await stat(path);
  if (!found.isDirectory()) return [(found.mode & 0o111) !== 0, await fileDigest(path)];
  const names = (await readdir(path)).sort();
  const entries: [string, unknown][] = [];
  for (const name of names) entries.push([name, await contents(join(path, name))]);
  return entries;
}
