import type { Nodes, Parent } from "mdast";
import { parseDraft } from "../check/draft.js";
import { rewriteDraft } from "./rewrite.js";

/**
 * A draft as it may lie in a person's folder: nothing in it is fetched when it is opened. An image is its words, raw HTML is left out; a draft
 * without either is what it was, to the byte.
 */
export function quietDraft(draft: string): string {
  const tree = parseDraft(draft);
  if (!fetches(tree)) return draft;
  const quiet = `${rewriteDraft(draft, tree, new Set(), { text: (written) => written, marker: (marker) => marker })}\n`;
  return fetches(parseDraft(quiet)) ? fenced(draft) : quiet;
}

/** Any text as a block of code, in which nothing is a mark. */
export function fenced(text: string): string {
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map(({ length }) => length));
  const fence = "`".repeat(longest + 1);
  return `${fence}\n${text.trimEnd()}\n${fence}\n`;
}

/** Whether something is fetched, or may be, where the Markdown is shown. */
export function fetches(node: Nodes): boolean {
  return isFetched(node) || ("children" in node && (node as Parent).children.some(fetches));
}

/** Images with an address, and HTML, which may do anything. */
function isFetched({ type }: Nodes): boolean {
  return type === "image" || type === "imageReference" || type === "html";
}
