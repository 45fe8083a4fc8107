import type { CitationGraph } from "@vibewriter/server";
import { plain } from "../escape.js";

/** The graph in the language of Graphviz. */
export function graphDot({ articles, citations, center }: CitationGraph): string {
  const nodes = articles.map(({ id, title, author, citedBy, retracted }) => {
    const style = [id === center ? "bold" : "", retracted ? "dashed" : ""].filter((one) => one !== "").join(",");
    const label = `${quoted(title)}\\n${quoted(author)}, cited by ${citedBy}`;
    return `  "${quoted(id)}" [label="${label}"${style && `, style="${style}"`}];`;
  });
  const edges = citations.map(({ citing, cited }) => `  "${quoted(citing)}" -> "${quoted(cited)}";`);
  return ["digraph choir {", "  rankdir=LR;", "  node [shape=box];", ...nodes, ...edges, "}", ""].join("\n");
}

/** Text within quotation marks; nothing in it is an escape of DOT, or a line's end. */
function quoted(text: string): string {
  return plain(text).replace(/[\\"]/g, "\\$&");
}
