import { contentStems } from "./words.js";

const MONTHS = /^(?:january|february|march|april|may|june|july|august|september|october|november|december)$/i;
/** What follows a percentage, as in "4% APY", says how it is measured, and names nothing. */
const MEASURE = /%\s(\p{Lu}{2,})\b/gu;

/**
 * Finds what sentences are about by their spelling: a word with a capital inside a sentence, or with capitals within, is a name; at the
 * beginning of a sentence or a title it is one if it is a name elsewhere, or a title's first word that its text takes up. Names that most sources use tell none of them apart and are left out.
 */
export class Names {
  readonly #known = new Set<string>();
  readonly #common = new Set<string>();

  /** @param texts of each source its title and then its sentences */
  constructor(texts: ReadonlyMap<string, readonly string[]>) {
    for (const text of [...texts.values()].flat()) {
      for (const { word, isOpening } of capitals(text)) if (!isOpening) this.#known.add(word);
    }
    for (const [title = "", ...sentences] of texts.values()) {
      const [first] = capitals(title);
      if (
        first?.isOpening &&
        (title.startsWith(`${first.word}:`) || sentences.some((text) => text.includes(first.word)))
      ) {
        this.#known.add(first.word);
      }
    }
    const counts = new Map<string, number>();
    for (const own of texts.values()) {
      for (const name of new Set(own.flatMap((text) => [...this.in(text)])))
        counts.set(name, (counts.get(name) ?? 0) + 1);
      for (const text of own) for (const [, measure = ""] of text.matchAll(MEASURE)) this.#common.add(measure);
    }
    for (const [name, count] of counts) if (texts.size > 2 && count > texts.size * 0.7) this.#common.add(name);
  }

  /** The names in a sentence or title. */
  in(text: string): Set<string> {
    const names = capitals(text).filter(
      ({ word, isOpening }) => !this.#common.has(word) && (!isOpening || this.#known.has(word)),
    );
    return new Set(names.map(({ word }) => word));
  }
}

function capitals(text: string): { word: string; isOpening: boolean }[] {
  const found: { word: string; isOpening: boolean }[] = [];
  for (const match of text.matchAll(/([.!?:]\s+)?(\p{L}[\p{L}\p{N}]+)/gu)) {
    const [, opening, word = ""] = match;
    const hasInner = /^.+\p{Lu}/u.test(word);
    if (!(hasInner || /^\p{Lu}/u.test(word)) || MONTHS.test(word) || contentStems(word).length === 0) continue;
    found.push({ word, isOpening: !hasInner && (opening !== undefined || match.index === 0) });
  }
  return found;
}
