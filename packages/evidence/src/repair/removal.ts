import type { Heading, Nodes, Parent, Root } from "mdast";
import { parseDraft } from "../check/draft.js";
import type { Span } from "../check/sentences.js";

/** Blocks that are nothing without their words, the outermost one that holds nothing else first. */
const HOLDERS = new Set<Nodes["type"]>(["paragraph", "heading", "listItem", "list", "tableRow", "blockquote"]);

/** A sentence's stretch of the draft, with the marks of emphasis that it would leave open or closed alone. */
export function wholeMarks(draft: string, { start, end }: Span): Span {
  const isOdd = (mark: string): boolean => draft.slice(start, end).split(mark).length % 2 === 0;
  for (const mark of ["**", "__", "*", "_", "~~"]) {
    const isAround = draft.slice(0, start).endsWith(mark) && draft.startsWith(mark, end);
    if (isAround) {
      start -= mark.length;
      end += mark.length;
    }
    if (isAround || !isOdd(mark)) continue;
    if (draft.startsWith(mark, end)) end += mark.length;
    else if (draft.slice(0, start).endsWith(mark)) start -= mark.length;
  }
  return { start, end };
}

/**
 * What has to go so that a sentence is gone: the sentence with the space before it, or the paragraph, list item, table row or heading that
 * would be left empty, with its line.
 */
export function stretchToRemove(draft: string, tree: Root, span: Span): Span {
  const sentence = wholeMarks(draft, span);
  let whole: (Span & { isPart: boolean }) | undefined;
  const walk = (node: Nodes): void => {
    const at = placeOf(node);
    if (at === undefined || at.start > sentence.start || at.end < sentence.end) return;
    if (HOLDERS.has(node.type) && whole === undefined && saysNothingElse(draft, node, at, sentence)) {
      whole = { ...at, isPart: node.type === "listItem" || node.type === "tableRow" };
    }
    if ("children" in node) for (const child of (node as Parent).children) walk(child);
  };
  walk(tree);
  if (whole === undefined) {
    const before = /[ \t]+$/.exec(draft.slice(0, sentence.start))?.[0].length ?? 0;
    return { start: sentence.start - before, end: sentence.end };
  }
  const lineStart = draft.lastIndexOf("\n", whole.start - 1) + 1;
  const start = /^[ \t>]*$/.test(draft.slice(lineStart, whole.start)) ? lineStart : whole.start;
  // An item or a row takes its own line only: without the blank one what follows the list would become a part of it.
  const line = whole.isPart ? /^[ \t]*\r?\n?/ : /^[ \t]*(?:\r?\n)*/;
  return { start, end: whole.end + (line.exec(draft.slice(whole.end))?.[0].length ?? 0) };
}

/** Takes out headings that have nothing under them any more; the first one, the title, stays. */
export function withoutEmptySections(draft: string): string {
  for (;;) {
    const { children } = parseDraft(draft);
    const at = children.findIndex((node, i) => i > 0 && isEmptySection(node, children[i + 1]));
    const place = at < 0 ? undefined : placeOf(children[at] ?? children[0]);
    if (place === undefined) return draft;
    const next = placeOf(children[at + 1])?.start ?? draft.length;
    draft = `${draft.slice(0, place.start)}${draft.slice(next)}`.replace(/\n{2,}$/, "\n");
  }
}

function isEmptySection(node: Nodes, next: Nodes | undefined): boolean {
  return (
    node.type === "heading" &&
    (next === undefined || (next.type === "heading" && next.depth <= (node as Heading).depth))
  );
}

/** Whether a block holds, beside its marks, only the sentence. */
function saysNothingElse(draft: string, node: Nodes, at: Span, sentence: Span): boolean {
  const rest = draft.slice(at.start, sentence.start) + draft.slice(sentence.end, at.end);
  const marks = node.type === "tableRow" ? /[|\s*_]/g : /[\s>#*_+-]|^\s*\d{1,9}[.)]|\[[ x]\]/g;
  return rest.replace(marks, "") === "";
}

function placeOf(node: Nodes | undefined): Span | undefined {
  const start = node?.position?.start.offset;
  const end = node?.position?.end.offset;
  return start === undefined || end === undefined ? undefined : { start, end };
}
