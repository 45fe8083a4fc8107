import { Bigrams } from "./bigrams.js";
import type { Counts } from "./counts.js";
import { languageOf, UNKNOWN_LANGUAGE } from "./languages.js";

/** How much the words of a passage stand beside each other as words do. */
export interface Coherence {
  /** Two-letter code, `und` if no language is known by its words. */
  language: string;
  /**
   * `corpus`: pairs of neighbouring words that have been published before. `article`: how much more often pairs recur in
   * the article than they would with its words shuffled; where the corpus has too little of the language to tell.
   */
  by: "corpus" | "article";
  /** The rate of this passage, 0-1. */
  rate: number;
  /** The median rate of the corpus, or of texts in general: from here on a passage is coherent. */
  typical: number;
}

/** Passages of a language in the corpus from which on its pairs of words are told by. */
const ENOUGH_PASSAGES = 200;

/** Words of an article from which on its own pairs tell anything. */
const ENOUGH_WORDS = 300;
/** What 19 of 20 texts of 600 words reach, whatever the language; shuffled, 19 of 20 stay below a third of it. */
const TYPICAL_RECURRENCE = 0.05;
/** Shufflings that chance is estimated from. */
const SHUFFLES = 3;
/** Share of it that is granted to a short text in an unknown language, which may be one or none. */
const DOUBT = 0.7;

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
    const untold = texts.filter((_, i) => typical.get(languages[i] ?? "") === undefined);
    const recurrence = recurrenceOf(untold.flat());
    const main = mostWords(texts, languages);
    return passages.map((passage, i) => {
      const language = languages[i] ?? UNKNOWN_LANGUAGE;
      const rate = this.#rateOf(passage);
      const counted = rate === undefined ? undefined : { language, rate };
      const median = typical.get(language);
      if (median !== undefined) return { language, by: "corpus", rate: rate ?? median, typical: median, counted };
      if (recurrence !== undefined) return { ...byArticle(language, recurrence), counted };
      // Too little of it to tell by itself: it is taken for what most of the article is in.
      const mainMedian = typical.get(main);
      if (mainMedian !== undefined && rate !== undefined)
        return { language: main, by: "corpus", rate, typical: mainMedian, counted };
      const share = language === UNKNOWN_LANGUAGE ? DOUBT : 1;
      return { ...byArticle(language, TYPICAL_RECURRENCE * share), counted };
    });
  }

  /** Counts a passage among what is typical. */
  count({ language, rate }: { language: string; rate: number }): void {
    this.#counts.add(`bigrams:${language}`, rate);
  }

  #rateOf({ words, sources }: Worded): number | undefined {
    const pairs = Bigrams.of(words);
    if (pairs.length === 0) return undefined;
    const seen = this.#bigrams.seenBeyond(pairs, sources);
    const byChance = meanShuffled(words, (shuffled) => this.#bigrams.seenBeyond(Bigrams.of(shuffled), sources));
    return round(Math.max(0, seen - byChance) / pairs.length);
  }

  #typicalOf(language: string): number | undefined {
    // "Unknown" is not one language: what has been published in others says nothing about this one.
    if (language === UNKNOWN_LANGUAGE) return undefined;
    const found = this.#counts.quantiles(`bigrams:${language}`, [0.5]);
    return found && found.n >= ENOUGH_PASSAGES ? found.values[0] : undefined;
  }
}

function byArticle(language: string, rate: number): Coherence {
  return { language, by: "article", rate: round(rate), typical: TYPICAL_RECURRENCE };
}

/**
 * By how much the share of pairs of words that occurred earlier in the text exceeds what it is with the words shuffled:
 * 0 for words in no order, 0.03-0.15 for texts of any language (and for ciphers of them). Undefined for a short text.
 */
export function recurrenceOf(words: readonly string[]): number | undefined {
  if (words.length < ENOUGH_WORDS) return undefined;
  return Math.max(0, repeated(words) - meanShuffled(words, repeated)) / (words.length - 1);
}

/** What a count comes to, on average, with the words in no order; always the same for the same words. */
function meanShuffled(words: readonly string[], count: (shuffled: readonly string[]) => number): number {
  let sum = 0;
  for (let round = 1; round <= SHUFFLES; round++) sum += count(shuffle(words, round));
  return sum / SHUFFLES;
}

function repeated(words: readonly string[]): number {
  return words.length - 1 - new Set(Bigrams.of(words)).size;
}

function shuffle(words: readonly string[], seed: number): string[] {
  const shuffled = [...words];
  let state = seed;
  for (let i = shuffled.length - 1; i > 0; i--) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const j = Math.floor((state / 2 ** 32) * (i + 1));
    const [a, b] = [shuffled[i] ?? "", shuffled[j] ?? ""];
    shuffled[i] = b;
    shuffled[j] = a;
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
