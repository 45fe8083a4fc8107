import { readdir, readFile, stat } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { readFrontMatter } from "./front-matter.js";
import { SKILL_FILE } from "./rules.js";
import { hashOfFiles } from "./skill.js";

/** A skill of the VM's layer. It is ours: built with everything else, and held to no bounds. */
export interface BuiltInSkill {
  readonly name: string;
  readonly description: string;
  readonly hash: string;
  readonly files: readonly { readonly path: string; readonly executable: boolean; readonly bytes: number }[];
  /** The text of its `SKILL.md`. */
  readonly instructions: string;
}

/** The skills in the folder that the layer was made from, by name. */
export async function builtInSkills(folder: string): Promise<BuiltInSkill[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  return await Promise.all(names.sort().map((name) => builtInSkill(join(folder, name))));
}

/** The text of each one's `SKILL.md`, by name. */
export async function builtInTexts(folder: string): Promise<Map<string, string>> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const texts = names.map(async (name) => [name, await readFile(join(folder, name, SKILL_FILE), "utf8")] as const);
  return new Map(await Promise.all(texts));
}

async function builtInSkill(folder: string): Promise<BuiltInSkill> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const files = await Promise.all(
    paths.sort().map(async (path) => ({
      path: relative(folder, path).split(sep).join("/"),
      executable: ((await stat(path)).mode & 0o100) !== 0,
      content: await readFile(path),
    })),
  );
  const instructions = await readFile(join(folder, SKILL_FILE), "utf8");
  return {
    ...readFrontMatter(instructions),
    hash: hashOfFiles(files),
    files: files.map(({ content, ...file }) => ({ ...file, bytes: content.length })),
    instructions,
  };
}
