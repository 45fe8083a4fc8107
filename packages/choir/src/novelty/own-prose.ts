import { blocksOf } from "../text/markdown.js";
import { blanked, type Span } from "../text/visible.js";
import { tokensOf } from "./tokens.js";

/** A quotation of fewer words is a term or a title. */
const QUOTED_WORDS = 5;

/** What is looked for in a text, and a mark without which it is not there: most paragraphs have none of them. */
interface Sought {
  mark: string;
  pattern: RegExp;
}

const IMAGE_OR_LINK_TARGET: Sought = {
  mark: "]",
  pattern: /!\[[^[\]\n]{0,1000}\](?:\([^()\n]{0,2000}\))?|(?<=\])(?:\([^()\n]{0,2000}\)|\[[^[\]\n]{0,200}\])/g,
};
const ADDRESS: Sought = { mark: ":", pattern: /<?\b(?:https?|ftp|mailto):[^\s<>)\]]{1,2000}>?/gi };
const TAG: Sought = { mark: "<", pattern: /<[a-z/!?][^<>]{0,2000}>/gi };
const QUOTATIONS: readonly Sought[] = [
  { mark: "„", pattern: /„[^„“”]{1,3000}[“”]/g },
  { mark: "“", pattern: /“[^“”]{1,3000}”/g },
  { mark: "«", pattern: /«[^«»]{1,3000}»/g },
  { mark: "»", pattern: /»[^«»]{1,3000}«/g },
  { mark: '"', pattern: /(?<![\p{L}\p{N}"])"(?=[^\s"])[^"]{1,3000}(?<=\S)"(?![\p{L}\p{N}"])/gu },
];

/**
 * What of the (visible) Markdown is prose of the author's own: code, quotations, addresses, images and HTML tags are
 * blanked. Of the same length as the Markdown.
 */
export function ownProse(markdown: string): string {
  const parts: string[] = [];
  let from = 0;
  for (const { kind, start, end } of blocksOf(markdown)) {
    const text = markdown.slice(start, end);
    const own = kind === "code" || kind === "quote" ? blank(text) : withoutQuotations(prose(text));
    parts.push(markdown.slice(from, start), own);
    from = end;
  }
  return [...parts, markdown.slice(from)].join("");
}

/** The words of a text without addresses, images and tags; code and quotations stay. Of the same length. */
export function prose(text: string): string {
  return without(without(without(text, IMAGE_OR_LINK_TARGET), ADDRESS), TAG);
}

function withoutQuotations(text: string): string {
  return QUOTATIONS.reduce(
    (rest, sought) => without(rest, sought, (quotation) => tokensOf(quotation).length >= QUOTED_WORDS),
    text,
  );
}

function without(text: string, { mark, pattern }: Sought, counts: (match: string) => boolean = () => true): string {
  if (!text.includes(mark)) return text;
  const spans: Span[] = [];
  for (const match of text.matchAll(pattern)) {
    if (counts(match[0])) spans.push({ start: match.index, end: match.index + match[0].length });
  }
  return spans.length === 0 ? text : blanked(text, spans);
}

function blank(text: string): string {
  return blanked(text, [{ start: 0, end: text.length }]);
}
