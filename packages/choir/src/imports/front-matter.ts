import { parseDocument } from "yaml";
import { type ImportDetails, invalid, parseDetails } from "./document.js";

const FRONT_MATTER = /^\uFEFF?---[ \t]*\r?\n([\s\S]{0,65536}?)\r?\n?---[ \t]*(?:\r?\n|$)/;

/**
 * A Markdown file's data, which stand between two lines of `---` at its beginning, and the text behind them.
 * @throws ChoirError `invalid_import` for data that are no YAML of names and values
 */
export function readFrontMatter(file: string): { details: ImportDetails; markdown: string } {
  const found = FRONT_MATTER.exec(file);
  if (!found) return { details: {}, markdown: file.replace(/^\uFEFF/, "") };
  // The core schema makes plain values alone; aliases, of which a few lines can make millions of them, are refused.
  const yaml = parseDocument(found[1] ?? "", { schema: "core", version: "1.2" });
  const [error] = yaml.errors;
  if (error !== undefined) throw invalid(`Its front matter is no YAML (${error.message.split("\n")[0]}).`, error);
  try {
    return { details: parseDetails(yaml.toJS({ maxAliasCount: 0 }) ?? {}), markdown: file.slice(found[0].length) };
  } catch (error) {
    if (error instanceof ReferenceError) throw invalid("Its front matter has aliases: write the values out.", error);
    throw error;
  }
}
