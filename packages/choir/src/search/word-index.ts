import { grown } from "./grown.js";

/** Constants of BM25: how soon a word's repetitions stop to count, and how much a long passage must have more of them. */
const K1 = 1.2;
const B = 0.75;

/** Counts of words are in halves, because the weights of fields are; one has eight bits beside the passage's number. */
export const ONCE = 2;
const MOST_COUNT = 255;

/**
 * BM25 over passages, in memory: for each stem the passages that have it, as one array of numbers. A question of four words
 * over 50,000 passages takes a millisecond, where FTS5 takes thirty, because nothing is read, decoded or compared that is
 * not added up.
 */
export class WordIndex {
  /** For each stem its passages in ascending order, each with the count in the lowest eight bits. */
  readonly #passages: Uint32Array[] = [];
  readonly #counts: number[] = [];
  #lengths = new Uint32Array(0);
  /** What a passage's length puts against its counts; made again when the mean length has changed. */
  #slowing: Float64Array | undefined;
  #scores = new Float64Array(0);
  #size = 0;
  #total = 0;

  /**
   * Passages come in ascending order.
   * @param stems counts in halves
   * @param length the sum of the counts of its content words, in halves
   */
  add(passage: number, stems: ReadonlyMap<number, number>, length: number): void {
    for (const [stem, count] of stems) {
      const entries = this.#counts[stem] ?? 0;
      const list = grown(this.#passages[stem] ?? new Uint32Array(0), entries + 1);
      list[entries] = ((passage << 8) | Math.min(count, MOST_COUNT)) >>> 0;
      this.#passages[stem] = list;
      this.#counts[stem] = entries + 1;
    }
    this.#lengths = grown(this.#lengths, passage + 1);
    this.#lengths[passage] = length;
    this.#size++;
    this.#total += length;
    this.#slowing = undefined;
  }

  /** Whether more than a tenth of the passages have a stem: then it says little, and costs most. */
  isCommon(stem: number): boolean {
    return (this.#counts[stem] ?? 0) > this.#size / 10;
  }

  /** How rare a stem is: the inverse document frequency of Lucene, which is never negative. */
  rarity(stem: number): number {
    const entries = this.#counts[stem] ?? 0;
    return Math.log(1 + (this.#size - entries + 0.5) / (entries + 0.5));
  }

  /** How much a passage says a stem that it has `count` halves of: 0 to 1, where BM25 has its share of the frequency. */
  saturation(passage: number, count: number): number {
    return count / (count + (this.#slowingOfEach()[passage] ?? 0));
  }

  /**
   * Calls back with every passage that has one of the stems and its score, in an order that only depends on what is in here.
   * Robertson and Zaragoza 2009, with {@link rarity} as their inverse document frequency.
   */
  score(stems: ReadonlyMap<number, number>, each: (passage: number, score: number) => void): void {
    const { scores, touched } = this.#scored(stems);
    for (const passage of touched) {
      each(passage, scores[passage] ?? 0);
      scores[passage] = 0;
    }
  }

  /** For each of these stems the score that the best of its passages has for the other ones, `beside`; 0 if none has any of them. */
  bestBeside(stems: readonly number[], beside: ReadonlyMap<number, number>): number[] {
    const { scores, touched } = this.#scored(beside);
    const best = stems.map((stem) => {
      const list = this.#passages[stem];
      const entries = this.#counts[stem] ?? 0;
      let most = 0;
      for (let i = 0; list && i < entries; i++) most = Math.max(most, scores[(list[i] ?? 0) >>> 8] ?? 0);
      return most;
    });
    for (const passage of touched) scores[passage] = 0;
    return best;
  }

  /** Scores by passage, to be set to zero again where they were touched. */
  #scored(stems: ReadonlyMap<number, number>): { scores: Float64Array; touched: number[] } {
    const scores = grown(this.#scores, this.#lengths.length);
    this.#scores = scores;
    const slowing = this.#slowingOfEach();
    const touched: number[] = [];
    for (const [stem, weight] of stems) {
      const list = this.#passages[stem];
      const entries = this.#counts[stem] ?? 0;
      if (!list) continue;
      const idf = weight * (K1 + 1) * this.rarity(stem);
      for (let i = 0; i < entries; i++) {
        const entry = list[i] ?? 0;
        const passage = entry >>> 8;
        const count = entry & 0xff;
        const before = scores[passage] ?? 0;
        if (before === 0) touched.push(passage);
        scores[passage] = before + (idf * count) / (count + (slowing[passage] ?? 0));
      }
    }
    return { scores, touched };
  }

  #slowingOfEach(): Float64Array {
    if (this.#slowing) return this.#slowing;
    const perLength = (ONCE * K1 * B * this.#size) / Math.max(1, this.#total);
    this.#slowing = Float64Array.from(this.#lengths, (length) => ONCE * K1 * (1 - B) + perLength * length);
    return this.#slowing;
  }
}
