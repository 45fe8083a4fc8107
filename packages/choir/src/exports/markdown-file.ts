import type { Article } from "../articles/stored-article.js";
import { retractionOf } from "./exported-article.js";

/**
 * An article as one Markdown file: front matter (YAML whose values are JSON, so that no title can break it), for a retracted one a line that says
 * so, then the text as its author signed it, whatever is in it.
 */
export function markdownFile(article: Article): string {
  const { markdown: _, versions: __, seq: ___, ...data } = article;
  const lines = Object.entries(data)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key}: ${JSON.stringify(value)}`);
  const retraction = retractionOf(article);
  const notice = retraction === undefined ? "" : `> **${retraction.replace(/[\\`*_[\]<>#|~&!]/g, "\\$&")}**\n\n`;
  return `---\n${lines.join("\n")}\n---\n\n${notice}${article.markdown.trimEnd()}\n`;
}
