import type { CitationChains } from "@vibewriter/server";
import { plain } from "../escape.js";

/** Chains as a tree: what they have in common at their beginnings is written once. */
export function chainLines({ articles, chains, truncated }: CitationChains, direction: "cites" | "cited-by"): string[] {
  const titles = new Map(articles.map(({ id, title }) => [id, plain(title)]));
  const mark = direction === "cites" ? "→" : "←";
  const lines: string[] = [];
  let before: readonly string[] = [];
  for (const chain of chains) {
    const from = chain.findIndex((id, i) => id !== before[i]);
    chain.slice(from).forEach((id, i) => {
      const depth = from + i;
      const indent = depth === 0 ? "" : `${"  ".repeat(depth)}${mark} `;
      lines.push(`${indent}${plain(id).slice(0, 12)}  ${titles.get(id) ?? ""}`);
    });
    before = chain;
  }
  return truncated ? [...lines, "There are more chains; --limit shows up to 500."] : lines;
}
