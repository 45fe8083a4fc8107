import type { Nodes, Parent, Root } from "mdast";
import { toString as textOf } from "mdast-util-to-string";
import { parseDraft, unpublished } from "../check/draft.js";
import { CITATION, type Span } from "../check/sentences.js";
import type { Edit } from "./edits.js";

/** Stands for what is within a block and no text: code, a note's mark, a picture. */
const OTHER = "\uFFFC";

/** The text of one block as it is written, and where each character of it stands in the draft. */
export interface ProseBlock {
  kind: "paragraph" | "heading" | "cell";
  text: string;
  places: number[];
  /** What may not be touched: quotations, citations, escapes, and whatever is no text. */
  kept: Span[];
}

/** A draft, parsed once for a pass over it. */
export interface ParsedDraft {
  draft: string;
  tree: Root;
  blocks: ProseBlock[];
}

/** The blocks of prose that style may touch: no code, no block quotation, no list of references, no address. */
export function parseProse(draft: string): ParsedDraft {
  const tree = parseDraft(draft);
  const skipped = unpublished(tree);
  const blocks: ProseBlock[] = [];
  const walk = (node: Nodes): void => {
    if (skipped.has(node) || node.type === "blockquote") return;
    if (node.type === "paragraph" || node.type === "heading" || node.type === "tableCell") {
      blocks.push(blockOf(node, draft));
    } else if ("children" in node) for (const child of (node as Parent).children) walk(child);
  };
  walk(tree);
  return { draft, tree, blocks };
}

/** The edits of a block as edits of the draft; what is kept, or does not stand in one piece in the draft, is left alone. */
export function editsIn(block: ProseBlock, edits: readonly Edit[]): Edit[] {
  return edits.flatMap(({ start, end, text }) => {
    const from = block.places[start];
    const last = block.places[end - 1];
    if (from === undefined || last === undefined || last - from !== end - 1 - start) return [];
    if (block.kept.some((span) => start < span.end && end > span.start)) return [];
    return block.text.slice(start, end) === text ? [] : [{ start: from, end: last + 1, text }];
  });
}

/** The edits of all matches of a pattern. */
export function replacing(
  block: ProseBlock,
  pattern: RegExp,
  by: (match: RegExpExecArray) => string | undefined,
): Edit[] {
  const edits: Edit[] = [];
  for (const match of block.text.matchAll(pattern)) {
    const text = by(match);
    if (text !== undefined) edits.push({ start: match.index, end: match.index + match[0].length, text });
  }
  return editsIn(block, edits);
}

function blockOf(block: Extract<Nodes, { type: "paragraph" | "heading" | "tableCell" }>, draft: string): ProseBlock {
  let text = "";
  const places: number[] = [];
  const add = (start: number, end: number): void => {
    for (let i = start; i < end; i++) places.push(i);
    text += draft.slice(start, end);
  };
  const visit = (node: Nodes): void => {
    const start = node.position?.start.offset ?? 0;
    const end = node.position?.end.offset ?? start;
    const isAddress = (node.type === "link" || node.type === "linkReference") && ADDRESS.test(textOf(node));
    if (node.type === "text") add(start, end);
    else if ("children" in node && !isAddress) for (const child of (node as Parent).children) visit(child);
    else {
      places.push(start);
      text += OTHER;
    }
  };
  for (const child of block.children) visit(child);
  const kind = block.type === "tableCell" ? "cell" : block.type;
  return { kind, text, places, kept: keptIn(text) };
}

const ADDRESS = /^\S*(?::\/\/|@|www\.)\S*$|^\s*S\d{1,6}(?:\s*[,;]\s*S\d{1,6})*\s*$/i;

/** Quotations with what stands between their marks; the marks themselves may change. */
const QUOTATIONS = [
  /(?<=")[^"]+(?=")/gu,
  /(?<=“)[^“”]+(?=”)/gu,
  /(?<=„)[^„“”]+(?=[“”])/gu,
  /(?<=«)[^«»]+(?=»)/gu,
  /(?<=(?<![\p{L}\d])‘)[^‘]{2,}?(?=’(?![\p{L}]))/gu,
];
const OTHERS = [
  CITATION,
  /\\[!-/:-@[-`{-~]/g,
  /&(?:#\w+|\w+);/g,
  /\S*:\/\/\S*/g,
  /[\w.-]*[_/\\][\w./\\-]*/g,
  /\uFFFC/g,
];

function keptIn(text: string): Span[] {
  const marks = [...text.matchAll(/"/g)].map((match) => match.index);
  // Marks in pairs: every other stretch between them is a quotation.
  const straight = marks.length % 2 === 0 ? pairs(marks).map(([start, end]) => ({ start: start + 1, end })) : [];
  const isOdd = marks.length % 2 === 1;
  const spans = [...QUOTATIONS.slice(1), ...OTHERS].flatMap((pattern) =>
    [...text.matchAll(pattern)].map((match) => ({ start: match.index, end: match.index + match[0].length })),
  );
  // A mark without its other one: nobody can say what is quoted.
  return isOdd ? [{ start: 0, end: text.length }] : [...straight, ...spans];
}

/** The places of straight quotation marks, in pairs. */
export function pairs(marks: readonly number[]): [number, number][] {
  return marks.flatMap((mark, i) => (i % 2 === 0 ? [[mark, marks[i + 1] ?? mark] as [number, number]] : []));
}
