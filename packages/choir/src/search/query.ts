import { isSpaceless, isStopWord } from "../text/words.js";
import type { WeightedWord } from "./knowledge-index.js";
import { foldedWords, stemOf } from "./terms.js";

/** Characters and words of a question that are looked at; nobody types more, and a pasted page need not cost more. */
const MOST_CHARACTERS = 2_000;
const MOST_WORDS = 48;

/** The part of a question that is looked at. */
export function clipQuery(query: string): string {
  return query.slice(0, MOST_CHARACTERS);
}

/**
 * The words a question is searched by: those that say something or, if there are no others, all of them; of scripts without
 * spaces each two neighbours. They are letters and digits only, so that operators, quotes and control characters of a
 * question mean nothing. A word that is said twice comes twice.
 */
export function queryWords(query: string): string[] {
  const all = foldedWords(clipQuery(query));
  const content = all.filter((word) => !isStopWord(word));
  const kept = content.length > 0 ? content : all;
  return kept.flatMap((word, i) => termOf(word, kept[i - 1] ?? "", kept[i + 1] ?? "")).slice(0, MOST_WORDS);
}

/** A single character of a spaceless script says little; two neighbours are close to a word. */
function termOf(word: string, before: string, after: string): string[] {
  if (!isSpaceless(word)) return [word];
  if (isSpaceless(after)) return [word + after];
  return isSpaceless(before) ? [] : [word];
}

/**
 * Each word, and the corrections of the misspelt ones in their place. What a question says in several forms counts as the root of their
 * number in all: a subject that is named three times is not three times as much asked for as the other words.
 */
export function withCorrections(
  words: readonly string[],
  corrections: Readonly<Record<string, readonly WeightedWord[]>>,
): WeightedWord[] {
  const asked = words.flatMap((word) => {
    const better = Object.hasOwn(corrections, word) ? (corrections[word] ?? []) : [];
    return better.length > 0 ? better : [{ word, weight: 1 }];
  });
  const totals = new Map<string, number>();
  for (const { word, weight } of asked) totals.set(stemOf(word), (totals.get(stemOf(word)) ?? 0) + weight);
  return asked.map(({ word, weight }) => ({
    word,
    weight: weight / Math.sqrt(Math.max(1, totals.get(stemOf(word)) ?? 1)),
  }));
}
