import type { CitationGraph } from "@vibewriter/server";
import { plain } from "../escape.js";
import { count } from "../view/format.js";

/** Each article with what it cites below it. */
export function graphText({ articles, citations, truncated }: CitationGraph): string {
  const titles = new Map(articles.map(({ id, title }) => [id, plain(title)]));
  const lines = articles.flatMap(({ id, title, author, citedBy, retracted }) => [
    `${plain(id)}  ${plain(title)} by ${plain(author)}, cited by ${citedBy}${retracted ? " (retracted)" : ""}`,
    ...citations
      .filter(({ citing }) => citing === id)
      .map(({ cited }) => `    cites ${plain(cited)}  ${titles.get(cited) ?? ""}`),
  ]);
  const more = truncated ? ["There are more articles; --limit shows up to 500."] : [];
  const all = `${count(articles.length, "article")}, ${count(citations.length, "citation")}`;
  return `${[...lines, all, ...more].join("\n")}\n`;
}
