import { type Bigrams, hashesOf, pairsOf } from "./bigrams.js";
import type { Counts } from "./counts.js";
import { languageOf, UNKNOWN_LANGUAGE } from "./languages.js";

/** How much the words of a passage stand beside each other as words do. */
export interface Coherence {
  /** Two-letter code, `und` if no language is known by its words. */
  language: string;
  /**
   * `corpus`: pairs of neighbouring words that have been published before, above chance. `article`: how much pairs of words,
   * or words, recur in the article itself, where the corpus has too little of the language to tell.
   */
  by: "corpus" | "article";
  /** The rate of this passage, 0-1. */
  rate: number;
  /** The median rate of the corpus, or of texts in general: from here on a passage is coherent. */
  typical: number;
}

/** Passages of a language in the corpus from which on its pairs of words are told by. */
const ENOUGH_PASSAGES = 200;

/** Words from which on their own pairs tell anything, and what 49 of 50 such texts reach; shuffled, they stay below a third of it. */
const ENOUGH_FOR_PAIRS = 1_000;
const TYPICAL_RECURRENCE = 0.03;

/** Words of an unknown language from which on their repetition tells anything, and the share that every language reaches. */
const ENOUGH_FOR_WORDS = 100;
const TYPICAL_REPETITION = 0.15;
/** Share of it that is granted to a shorter text, which may be in a language or in none. */
const DOUBT = 0.7;

/** Shufflings that chance is estimated from. */
const SHUFFLES = 3;

/** A passage as its coherence is measured. */
export interface Worded {
  words: readonly string[];
  /** The pairs of words of each article that it shares text with: they say nothing about whether *it* is coherent. */
  sources: readonly ReadonlySet<number>[];
}

export interface MeasuredCoherence extends Coherence {
  /** The rate of the corpus, and the language it counts for, whatever the passage is judged by. */
  counted: { language: string; rate: number } | undefined;
}

export class CoherenceMeter {
  readonly #bigrams: Bigrams;
  readonly #counts: Counts;

  constructor(bigrams: Bigrams, counts: Counts) {
    this.#bigrams = bigrams;
    this.#counts = counts;
  }

  /** The coherence of each passage of an article. */
  measure(passages: readonly Worded[]): MeasuredCoherence[] {
    const texts = passages.map(({ words }) => words);
    const languages = texts.map(languageOf);
    const typical = new Map([...new Set(languages)].map((language) => [language, this.#typicalOf(language)]));
    const untold = texts.filter((_, i) => typical.get(languages[i] ?? "") === undefined).flat();
    const recurrence = untold.length < ENOUGH_FOR_PAIRS ? undefined : recurrenceOf(untold);
    const main = typical.get(mostWords(texts, languages));
    return passages.map((passage, i) => {
      const language = languages[i] ?? UNKNOWN_LANGUAGE;
      const rate = this.#rateOf(passage);
      const counted = rate === undefined ? undefined : { language, rate };
      // A few words of no language are taken for what most of the article is in.
      const isOfMain = language === UNKNOWN_LANGUAGE && recurrence === undefined;
      const median = typical.get(language) ?? (isOfMain ? main : undefined);
      if (median !== undefined) return { language, by: "corpus", rate: rate ?? median, typical: median, counted };
      if (recurrence === undefined) return { language, by: "article", ...byWords(untold, language), counted };
      return { language, by: "article", rate: round(recurrence), typical: TYPICAL_RECURRENCE, counted };
    });
  }

  /** Counts a passage among what is typical. */
  count({ language, rate }: { language: string; rate: number }): void {
    this.#counts.add(`bigrams:${language}`, rate);
  }

  #rateOf({ words, sources }: Worded): number | undefined {
    if (words.length < 2) return undefined;
    const hashes = hashesOf(words);
    const seenOf = (some: Int32Array) => this.#bigrams.seenBeyond(pairsOf(some), sources);
    return round(Math.max(0, seenOf(hashes) - meanShuffled(hashes, seenOf)) / (words.length - 1));
  }

  #typicalOf(language: string): number | undefined {
    // "Unknown" is not one language: what has been published in others says nothing about this one.
    if (language === UNKNOWN_LANGUAGE) return undefined;
    const found = this.#counts.quantiles(`bigrams:${language}`, [0.5]);
    return found && found.n >= ENOUGH_PASSAGES ? found.values[0] : undefined;
  }
}

/** What is said of a text that is too short to tell by its pairs: nothing against it if its language is known, else whether its words recur. */
function byWords(words: readonly string[], language: string): { rate: number; typical: number } {
  const typical = TYPICAL_REPETITION;
  if (language !== UNKNOWN_LANGUAGE) return { rate: typical, typical };
  const enough = words.length >= ENOUGH_FOR_WORDS;
  return { rate: round(enough ? 1 - new Set(words).size / words.length : typical * DOUBT), typical };
}

/**
 * By how much the share of pairs of words that occurred earlier in the text exceeds what it is with the words shuffled:
 * about 0 for words in no order, 0.06-0.3 for texts of 1,500 words in any language (and for ciphers of them).
 */
export function recurrenceOf(words: readonly string[]): number {
  const hashes = hashesOf(words);
  return Math.max(0, repeated(hashes) - meanShuffled(hashes, repeated)) / Math.max(1, words.length - 1);
}

/** What a count comes to, on average, with the words in no order; always the same for the same words. */
function meanShuffled(words: Int32Array, count: (shuffled: Int32Array) => number): number {
  let sum = 0;
  for (let round = 1; round <= SHUFFLES; round++) sum += count(shuffle(words, round));
  return sum / SHUFFLES;
}

function repeated(words: Int32Array): number {
  return words.length - 1 - new Set(pairsOf(words)).size;
}

function shuffle(words: Int32Array, seed: number): Int32Array {
  const shuffled = words.slice();
  let state = seed;
  for (let i = shuffled.length - 1; i > 0; i--) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const j = Math.floor((state / 2 ** 32) * (i + 1));
    const last = shuffled[i] ?? 0;
    shuffled[i] = shuffled[j] ?? 0;
    shuffled[j] = last;
  }
  return shuffled;
}

function mostWords(passages: readonly (readonly string[])[], languages: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const [i, words] of passages.entries()) {
    const language = languages[i] ?? UNKNOWN_LANGUAGE;
    counts.set(language, (counts.get(language) ?? 0) + words.length);
  }
  let [main, most] = [UNKNOWN_LANGUAGE, 0];
  for (const [language, count] of counts) if (count > most) [main, most] = [language, count];
  return main;
}

function round(value: number): number {
  return Math.round(value * 1e4) / 1e4;
}
