import type { Span } from "./sentences.js";

/** A verbatim quotation in a sentence; an ellipsis cuts it into pieces that must all be there, in order. */
export interface Quotation extends Span {
  pieces: string[];
}

/** How a quotation stands in a source. */
export type QuoteMatch = { kind: "verbatim"; span: Span } | { kind: "altered"; span: Span } | { kind: "absent" };

const QUOTED = /"([^"]{2,}?)"|“([^”]{2,}?)”|„([^“”]{2,}?)[“”]|«([^»]{2,}?)»|(?<![\p{L}\d])‘([^’]{12,}?)’(?![\p{L}])/gu;

/** The quotations of a sentence. A single quoted word is a manner of speaking, not a quotation. */
export function quotationsOf(text: string): Quotation[] {
  const found: Quotation[] = [];
  for (const match of text.matchAll(QUOTED)) {
    const body = match.slice(1).find((group) => group !== undefined) ?? "";
    const pieces = body
      .split(/\s*(?:\[?(?:\.\.\.|…)\]?)\s*/)
      .map((piece) => piece.replace(/^[\s,;]+|[\s.,;:!?]+$/g, ""))
      .filter((piece) => piece !== "");
    if (pieces.some((piece) => /\s/.test(piece)))
      found.push({ start: match.index, end: match.index + match[0].length, pieces });
  }
  return found;
}

/** Characters that an ellipsis can stand for: a sentence or two. What lies further apart nobody has said in one go. */
const LONGEST_ELLIPSIS = 500;

/** Looks for a quotation, letter by letter but for case of the first letter, spaces, dashes, quotation marks and Markdown marks. */
export function findQuotation(quotation: Quotation, source: FoldedText): QuoteMatch {
  const pieces = quotation.pieces.map((piece) => fold(piece).text.trim());
  const [first, ...others] = pieces;
  if (first === undefined) return { kind: "absent" };
  let missing = first;
  for (let at = indexOfWhole(source.text, first, 0); at >= 0; at = indexOfWhole(source.text, first, at + 1)) {
    let end = at + first.length;
    missing = "";
    for (const piece of others) {
      const next = indexOfWhole(source.text, piece, end);
      if (next < 0 || next - end > LONGEST_ELLIPSIS) {
        missing = piece;
        break;
      }
      end = next + piece.length;
    }
    if (missing === "")
      return { kind: "verbatim", span: { start: source.places[at] ?? 0, end: (source.places[end - 1] ?? 0) + 1 } };
  }
  return nearest(missing, source);
}

/** A text with differences of typography removed, and where each character stood. */
export interface FoldedText {
  text: string;
  places: number[];
}

/** Removes differences of typography: spaces, dashes, quotation marks, Markdown emphasis, case. */
export function fold(text: string): FoldedText {
  const places: number[] = [];
  const out: string[] = [];
  let last = " ";
  for (let i = 0; i < text.length; i++) {
    const char = text[i] ?? "";
    const folded = char < "\u0080" ? (ASCII[char.charCodeAt(0)] ?? "") : foldOther(char);
    for (const each of folded) {
      if (each === " " && last === " ") continue;
      last = each;
      out.push(each);
      for (let n = 0; n < each.length; n++) places.push(i);
    }
  }
  return { text: out.join(""), places };
}

const ASCII = Array.from({ length: 128 }, (_, code) => {
  const char = String.fromCharCode(code);
  if (/\s/.test(char)) return " ";
  return /[*_`]/.test(char) ? "" : char.toLowerCase();
});

function foldOther(char: string): string {
  if (/[\u00ad\u200b-\u200d\ufeff]/.test(char)) return "";
  if (/\s/.test(char)) return " ";
  if (/[‐‑‒–—−]/.test(char)) return "-";
  if (/[‘’‚‛]/.test(char)) return "'";
  if (/[“”„«»]/.test(char)) return '"';
  return char.normalize("NFKC").toLowerCase();
}

function indexOfWhole(text: string, piece: string, from: number): number {
  for (let at = text.indexOf(piece, from); at >= 0; at = text.indexOf(piece, at + 1)) {
    const before = text[at - 1] ?? " ";
    const after = text[at + piece.length] ?? " ";
    if (!/[\p{L}\d]/u.test(before) && !/[\p{L}\d]/u.test(after)) return at;
  }
  return -1;
}

/** A run of the source that shares most words with the quotation, in order: it was altered, not invented. */
function nearest(piece: string, source: FoldedText): QuoteMatch {
  const wanted = piece.split(/[^\p{L}\d.%$]+/u).filter(Boolean);
  if (wanted.length < 3) return { kind: "absent" };
  const words = [...source.text.matchAll(/[\p{L}\d.%$]*[\p{L}\d%]/gu)];
  const starts = new Set<number>();
  const anchors = new Set(wanted.slice(0, 3));
  for (const [i, word] of words.entries()) if (anchors.has(word[0])) starts.add(i);
  let best = { score: 0, start: 0, end: 0 };
  for (const start of starts) {
    const run = words.slice(start, start + wanted.length + 2);
    const score =
      commonInOrder(
        wanted,
        run.map((word) => word[0]),
      ) / wanted.length;
    const last = run[Math.min(wanted.length, run.length) - 1];
    if (score > best.score && last) best = { score, start: words[start]?.index ?? 0, end: last.index + last[0].length };
  }
  if (best.score < 0.6) return { kind: "absent" };
  return {
    kind: "altered",
    span: { start: source.places[best.start] ?? 0, end: (source.places[best.end - 1] ?? 0) + 1 },
  };
}

function commonInOrder(a: string[], b: string[]): number {
  let row = new Array<number>(b.length + 1).fill(0);
  for (const left of a) {
    const next = [0];
    for (let j = 0; j < b.length; j++)
      next.push(left === b[j] ? (row[j] ?? 0) + 1 : Math.max(row[j + 1] ?? 0, next[j] ?? 0));
    row = next;
  }
  return row[b.length] ?? 0;
}
