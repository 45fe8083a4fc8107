import type { Article } from "./stored-article.js";

/** An article as one Markdown file: front matter (YAML whose values are JSON, so that no title can break it), then the text. */
export function articleMarkdown(article: Article): string {
  const { markdown: _, versions: __, seq: ___, ...data } = article;
  const lines = Object.entries(data)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key}: ${JSON.stringify(value)}`);
  return `---\n${lines.join("\n")}\n---\n\n${article.markdown.trimEnd()}\n`;
}
