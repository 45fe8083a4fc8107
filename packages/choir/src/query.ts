import { isSpaceless, isStopWord, words } from "./words.js";

/** Characters and different words of a question that are looked at; nobody types more, and a pasted page need not cost more. */
const MOST_CHARACTERS = 2_000;
const MOST_WORDS = 48;

/** The part of a question that search looks at. */
export function clipQuery(query: string): string {
  return query.slice(0, MOST_CHARACTERS);
}

/**
 * A question as an FTS5 expression: its words joined by OR, each in quotes. Nothing but letters and digits of the
 * question is left, so that operators, quotes and control characters in it mean nothing. Undefined if it has no word.
 */
export function matchExpression(query: string): string | undefined {
  const all = words(clipQuery(query));
  const content = all.filter((word) => !isStopWord(word));
  const kept = content.length > 0 ? content : all;
  const terms = new Set<string>();
  for (let i = 0; i < kept.length && terms.size < MOST_WORDS; i++) {
    const [word = "", next = ""] = [kept[i], kept[i + 1]];
    // A single character of a spaceless script says little; two neighbours are close to a word.
    if (isSpaceless(word) && isSpaceless(next)) terms.add(`"${word} ${next}"`);
    else if (!isSpaceless(word) || !isSpaceless(kept[i - 1] ?? "")) terms.add(`"${word}"`);
  }
  return terms.size === 0 ? undefined : [...terms].join(" OR ");
}
