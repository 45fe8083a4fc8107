import { isSpaceless, isStopWord, words } from "../text/words.js";

/** Characters and words of a question that are looked at; nobody types more, and a pasted page need not cost more. */
const MOST_CHARACTERS = 2_000;
const MOST_WORDS = 48;

/** The part of a question that is looked at. */
export function clipQuery(query: string): string {
  return query.slice(0, MOST_CHARACTERS);
}

/** The words a question is searched by: those that say something or, if there are no others, all of them. */
export function queryWords(query: string): string[] {
  const all = words(clipQuery(query));
  const content = all.filter((word) => !isStopWord(word));
  return (content.length > 0 ? content : all).slice(0, MOST_WORDS);
}

/** The words with the corrections of the misspelt ones behind them. */
export function withCorrections(kept: readonly string[], corrections: Readonly<Record<string, string[]>>): string[] {
  return kept.flatMap((word) => [word, ...(Object.hasOwn(corrections, word) ? (corrections[word] ?? []) : [])]);
}

/**
 * Words as an FTS5 expression: joined by OR, each in quotes. They are letters and digits only, so that operators,
 * quotes and control characters of a question mean nothing. Undefined if there is none.
 */
export function matchExpression(kept: readonly string[]): string | undefined {
  const terms = new Set<string>();
  for (const [i, word] of kept.entries()) {
    const next = kept[i + 1] ?? "";
    // A single character of a spaceless script says little; two neighbours are close to a word.
    if (isSpaceless(word) && isSpaceless(next)) terms.add(`"${word} ${next}"`);
    else if (!isSpaceless(word) || !isSpaceless(kept[i - 1] ?? "")) terms.add(`"${word}"`);
  }
  return terms.size === 0 ? undefined : [...terms].join(" OR ");
}
