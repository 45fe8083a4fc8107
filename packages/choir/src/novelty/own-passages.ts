import type { Chunk } from "../text/chunk.js";
import { SHINGLE_WORDS } from "../text/shingles.js";
import { visibleMarkdown } from "../text/visible.js";
import { ownProse } from "./own-prose.js";
import type { SharedText } from "./shared-text.js";
import { type Token, tokensOf } from "./tokens.js";

/** A passage with those words of it that are prose of the author's own; their offsets are those of the Markdown. */
export interface OwnPassage {
  /** Its number in the article, from 0. */
  number: number;
  tokens: Token[];
}

/** Longer articles are scored by this many of their own passages, evenly spaced. */
const MOST_SCORED = 256;

/** The passages with prose of the author's own: neither quotations nor references, code, or what stands in many articles. */
export function ownPassages(
  markdown: string,
  chunks: readonly Chunk[],
  shared: Pick<SharedText, "isBoilerplate">,
): OwnPassage[] {
  const own = ownProse(visibleMarkdown(markdown));
  return [...chunks.entries()].flatMap(([number, chunk]) => {
    if (!chunk.own) return [];
    const paragraphs = paragraphsOf(own, chunk.start, chunk.end);
    const tokens = paragraphs.filter((some) => !shared.isBoilerplate(some.map(({ word }) => word))).flat();
    return tokens.length < SHINGLE_WORDS ? [] : [{ number, tokens }];
  });
}

export function wordsOf({ tokens }: OwnPassage): string[] {
  return tokens.map(({ word }) => word);
}

/** At most {@link MOST_SCORED} of the items, evenly spaced, the first one among them. */
export function evenly<T>(items: readonly T[]): T[] {
  const step = Math.max(1, items.length / MOST_SCORED);
  return items.filter((_, i) => Math.floor(i / step) !== Math.floor((i - 1) / step));
}

function paragraphsOf(text: string, start: number, end: number): Token[][] {
  return [...text.slice(start, end).matchAll(/(?:[^\n]*\S[^\n]*(?:\n|$))+/g)].map((paragraph) => {
    const at = start + paragraph.index;
    const tokens = tokensOf(paragraph[0]);
    for (const token of tokens) {
      token.start += at;
      token.end += at;
    }
    return tokens;
  });
}
