import type { WeightedWord } from "./knowledge-index.js";
import type { Lexicon } from "./lexicon.js";
import type { WordIndex } from "./word-index.js";

/** Corrections of one word that are asked for. */
const MOST = 3;

/**
 * What each word of a question that no passage has, in no form, is a slip of, the likeliest first; the weights of one word's corrections are 1
 * in all. Of words that are equally near to it in spelling, the likelier ones stand in passages that have the other words of the question.
 */
export function correctionsOf(
  words: readonly string[],
  lexicon: Lexicon,
  index: WordIndex,
): Record<string, WeightedWord[]> {
  const unknown = [...new Set(words)].filter((word) => lexicon.stemOfWord(word) === undefined);
  const known = words.map((word) => lexicon.stemOfWord(word)).filter((stem) => stem !== undefined);
  const beside = new Map(known.map((stem) => [stem, 1]));
  const found = unknown.map((word) => [word, likeliest(lexicon.nearest(word), beside, lexicon, index)] as const);
  return Object.fromEntries(found.filter(([, corrections]) => corrections.length > 0));
}

/** Each is as likely as the score of the best passage with it for the words beside it; all are where there are none. */
function likeliest(
  nearest: readonly string[],
  beside: ReadonlyMap<number, number>,
  lexicon: Lexicon,
  index: WordIndex,
): WeightedWord[] {
  const stems = nearest.map((word) => lexicon.stemOfWord(word) ?? -1);
  const best = nearest.length > 1 ? index.bestBeside(stems, beside) : [];
  const isAny = best.some((score) => score > 0);
  const all = nearest.map((word, i) => ({ word, likely: isAny ? (best[i] ?? 0) ** SHARPNESS : 1 }));
  const first = all
    .filter(({ likely }) => likely > 0)
    .sort((a, b) => b.likely - a.likely)
    .slice(0, MOST);
  const total = first.reduce((sum, { likely }) => sum + likely, 0);
  return first.map(({ word, likely }) => ({ word, weight: likely / total }));
}

/** Of two words one of which stands beside twice as much of the question, that one is not twice as likely, but more. */
const SHARPNESS = 2;
