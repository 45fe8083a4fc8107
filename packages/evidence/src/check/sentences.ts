/** A stretch of a text, in UTF-16 code units, end exclusive. */
export interface Span {
  start: number;
  end: number;
}

/** A group of source ids in the text: `[S3]`, `[S1, S2]`. */
export const CITATION = /\[\s*S\d{1,6}(?:\s*[,;]\s*S\d{1,6})*\s*\]/gi;

/** Where a sentence cites; ids that stand side by side are one place. */
export function citationGroups(sentence: string): Span[] {
  const groups: Span[] = [];
  for (const match of sentence.matchAll(CITATION)) {
    const span = { start: match.index, end: match.index + match[0].length };
    const last = groups.at(-1);
    if (last && /^[\s,;.]*$/.test(sentence.slice(last.end, span.start))) last.end = span.end;
    else groups.push(span);
  }
  return groups;
}

const TRAILING_CITATIONS = /^(?:[ \t]*\n?[ \t]*\[\s*S\d{1,6}(?:\s*[,;]\s*S\d{1,6})*\s*\])+[.,;]?/i;
const CLOSERS = /^["'”’»)\]*_]*/;
const ABBREVIATION =
  /(?:^|[\s("'“‘[])(?:mr|mrs|ms|dr|prof|sr|jr|st|vs|fig|figs|eq|sec|ch|vol|pp?|ed|eds|al|approx|ca|cf|e\.g|i\.e|inc|ltd|co|corp|dept|est|gen|gov|sen|rep|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec|u\.s|u\.k|e\.u|a\.m|p\.m|[A-Z])$/;
const ABBREVIATION_ANY_CASE = new RegExp(ABBREVIATION.source.replace("|[A-Z])$", ")$"), "i");

/**
 * Cuts a text into sentences. Abbreviations, initials, decimals, versions and URLs do not end one; source ids that follow
 * the full stop belong to the sentence before them.
 */
export function splitSentences(text: string): Span[] {
  const spans: Span[] = [];
  let start = 0;
  for (const match of text.matchAll(/[.!?…]+/g)) {
    if (match.index < start) continue;
    let end = match.index + match[0].length;
    end += CLOSERS.exec(text.slice(end))?.[0].length ?? 0;
    const cited = TRAILING_CITATIONS.exec(text.slice(end))?.[0].length ?? 0;
    const next = text.slice(end + cited);
    if (next !== "" && !/^\s/.test(next)) continue;
    if (!opensSentence(next.trimStart())) continue;
    const before = text.slice(Math.max(start, match.index - 12), match.index);
    if (/(?:^|\s)nos?$/i.test(before) && /^\s*\d/.test(next)) continue;
    if (match[0] === "." && cited === 0 && (ABBREVIATION.test(before) || ABBREVIATION_ANY_CASE.test(before))) continue;
    push(spans, text, start, end + cited);
    start = end + cited;
  }
  push(spans, text, start, text.length);
  return spans;
}

/** Names such as "cbETH" or "veAERO" open a sentence in lower case. */
function opensSentence(rest: string): boolean {
  return rest === "" || !/^\p{Ll}/u.test(rest) || /^\p{Ll}{1,3}\p{Lu}/u.test(rest);
}

function push(spans: Span[], text: string, from: number, to: number): void {
  let start = from;
  let end = to;
  while (start < end && /\s/.test(text[start] ?? "")) start++;
  while (end > start && /\s/.test(text[end - 1] ?? "")) end--;
  if (end > start) spans.push({ start, end });
}
