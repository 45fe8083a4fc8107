import type { Nodes, Parent, Root } from "mdast";
import { citedIds } from "../check/draft.js";
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
 * @param sentence with its marks
 * @param going all sentences that go, this one among them, in their order
 */
export function stretchToRemove(draft: string, tree: Root, sentence: Span, going: readonly Span[]): Span {
  let whole: (Span & { isPart: boolean }) | undefined;
  const walk = (node: Nodes): void => {
    const at = placeOf(node);
    if (at === undefined || at.start > sentence.start || at.end < sentence.end) return;
    if (HOLDERS.has(node.type) && whole === undefined && saysNothingElse(draft, node, at, going)) {
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

/**
 * The sections that lose all that stands in them, each with its heading. One that was empty before stays, and so do one whose heading cites, as
 * that states something itself, and the first block of a draft, its title.
 * @param removed what is about to go
 */
export function emptiedSections(draft: string, { children }: Root, removed: readonly Span[]): Span[] {
  const inOrder = [...removed].sort((a, b) => a.start - b.start);
  const isGone = (node: Nodes): boolean => {
    const at = placeOf(node);
    if (at === undefined || !inOrder.some(({ start, end }) => start < at.end && end > at.start)) return false;
    return without(draft, at, inOrder).replace(MARKS, "") === "";
  };
  const found: Span[] = [];
  // From the end, so that what becomes of its own sections is known of each.
  const staying = new Set<Nodes>();
  for (let i = children.length - 1; i >= 0; i--) {
    const node = children[i];
    if (node === undefined || (node.type === "heading" && isGone(node))) continue;
    if (node.type !== "heading") {
      if (!isGone(node)) staying.add(node);
      continue;
    }
    const end = children.findIndex((other, at) => at > i && other.type === "heading" && other.depth <= node.depth);
    const section = children.slice(i + 1, end < 0 ? undefined : end);
    const isEmptied = section.some(({ type }) => type !== "heading") && !section.some((other) => staying.has(other));
    const place = placeOf(node);
    if (i === 0 || !isEmptied || place === undefined || citedIds(draft.slice(place.start, place.end)).length > 0) {
      staying.add(node);
      continue;
    }
    found.push({ start: place.start, end: placeOf(end < 0 ? undefined : children[end])?.start ?? draft.length });
  }
  return found;
}

/** Marks of blocks that are left over when their words have gone. */
const MARKS = /[\s>#*_+-]|^\s*\d{1,9}[.)]|\[[ x]\]/gm;

/** A stretch of the draft without the parts of it that go, which are in their order. */
function without(draft: string, { start, end }: Span, going: readonly Span[]): string {
  let rest = "";
  let at = start;
  for (const span of going) {
    if (span.end <= at || span.start >= end) continue;
    rest += draft.slice(at, Math.max(at, span.start));
    at = span.end;
  }
  return rest + draft.slice(Math.min(at, end), end);
}

/** Whether a block holds, beside its marks, only sentences that go. */
function saysNothingElse(draft: string, node: Nodes, at: Span, going: readonly Span[]): boolean {
  const marks = node.type === "tableRow" ? /[|\s*_]/g : MARKS;
  return without(draft, at, going).replace(marks, "") === "";
}

function placeOf(node: Nodes | undefined): Span | undefined {
  const start = node?.position?.start.offset;
  const end = node?.position?.end.offset;
  return start === undefined || end === undefined ? undefined : { start, end };
}
