import type { Link, LinkReference, Nodes, Parent, Root } from "mdast";
import { citationOfLink, LINE_BREAK, NUMBERS } from "../check/draft.js";
import { CITATION } from "../check/sentences.js";
import { plain } from "./markup.js";

/** A citation as it stands in the Markdown: in a quotation its lines begin with `>`. */
export const WRITTEN_CITATION = /\[[\s>]*S\d{1,6}(?:[\s>]*[,;][\s>]*S\d{1,6})*[\s>]*\]/gi;

/**
 * A draft with what stands for its citations, and without what is not published: its own lists of references, and raw HTML, which can
 * hide what it likes. An image is its words: nothing is fetched where a report is shown. Code and links stay as they are.
 * @param dropped what is not published
 * @param write.text a stretch of text as it stands in the Markdown
 * @param write.marker a citation that is a link, as `[S1, S2]`
 */
export function rewriteDraft(
  draft: string,
  tree: Root,
  dropped: ReadonlySet<Nodes>,
  write: { text(written: string): string; marker(marker: string): string },
): string {
  let out = "";
  let at = 0;
  const copy = (to: number): void => {
    out += draft.slice(at, to);
    at = to;
  };
  const visit = (node: Nodes): void => {
    const start = node.position?.start.offset ?? 0;
    const end = node.position?.end.offset ?? start;
    if (dropped.has(node) || isLeftOut(node)) {
      copy(start);
      if (node.type === "html" && LINE_BREAK.test(node.value)) out += " ";
      at = end;
    } else if (node.type === "image" || node.type === "imageReference") {
      copy(start);
      out += wordsOf(node.alt ?? "", write.marker);
      at = end;
    } else if (isCitation(node)) {
      copy(start);
      out += write.marker(`[${citationOfLink(node)}]`);
      at = end;
    } else if (node.type === "text") {
      copy(start);
      out += write.text(draft.slice(start, end));
      at = end;
    } else if ("children" in node) for (const child of (node as Parent).children) visit(child);
  };
  visit(tree);
  copy(draft.length);
  return out.trimEnd();
}

/** The words of an image, in which nothing is a mark but its citations. */
function wordsOf(alt: string, marker: (marker: string) => string): string {
  let words = "";
  let at = 0;
  const copy = (to: number): void => {
    const [, before = "", text = "", after = ""] = /^(\s?)(.*?)(\s?)$/s.exec(alt.slice(at, to)) ?? [];
    words += before + plain(text) + after;
  };
  for (const { 0: citation, index } of alt.matchAll(CITATION)) {
    copy(index);
    words += marker(citation);
    at = index + citation.length;
  }
  copy(alt.length);
  return words;
}

/** Raw HTML, and addresses that would make a link of a reference's number. */
function isLeftOut(node: Nodes): boolean {
  return node.type === "html" || (node.type === "definition" && NUMBERS.test(node.label ?? node.identifier));
}

function isCitation(node: Nodes): node is Link | LinkReference {
  return (node.type === "link" || node.type === "linkReference") && citationOfLink(node) !== undefined;
}
