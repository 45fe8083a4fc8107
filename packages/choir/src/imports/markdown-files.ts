import { opendir, readFile, stat } from "node:fs/promises";
import { basename, extname, join } from "node:path";
import { asProblem, checkBytes, decoded, type ImportedDocument, type ImportProblem } from "./document.js";
import { readFrontMatter } from "./front-matter.js";

const MARKDOWN = /\.(?:md|markdown)$/i;

export function isMarkdownFile(path: string): boolean {
  return MARKDOWN.test(path);
}

/** The Markdown files of a folder and those within it, in the order of their names; hidden ones, links and `node_modules` are left out. */
export async function* markdownFolder(folder: string): AsyncGenerator<ImportedDocument | ImportProblem> {
  for await (const name of filesIn(folder, "")) yield await markdownFile(join(folder, name), name);
}

/** @param from what the file is called in the report, and in the article */
export async function markdownFile(path: string, from = basename(path)): Promise<ImportedDocument | ImportProblem> {
  try {
    checkBytes((await stat(path)).size);
    const { details, markdown } = readFrontMatter(decoded(await readFile(path)));
    const { title = basename(path, extname(path)), ...more } = details;
    return { ...more, from, title, markdown };
  } catch (error) {
    return asProblem(from, error);
  }
}

async function* filesIn(root: string, folder: string): AsyncGenerator<string> {
  const entries = [];
  for await (const entry of await opendir(join(root, folder))) entries.push(entry);
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const name = folder === "" ? entry.name : `${folder}/${entry.name}`;
    if (entry.name.startsWith(".") || entry.name === "node_modules") continue;
    if (entry.isDirectory()) yield* filesIn(root, name);
    else if (entry.isFile() && isMarkdownFile(entry.name)) yield name;
  }
}
