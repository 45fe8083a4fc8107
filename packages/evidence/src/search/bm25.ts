import { wordsOf } from "../check/words.js";

/** Fitted on CACM and Cranfield, abstracts of about the length of our passages. */
const K1 = 0.9;
const B = 0.4;

/** A ranking by BM25 over stems, for some thousands of short texts held in memory. */
export class Bm25 {
  readonly #postings = new Map<string, [number, number][]>();
  readonly #lengths: number[] = [];

  /** @param texts are named by their place in this list */
  constructor(texts: readonly string[]) {
    for (const [i, text] of texts.entries()) {
      const counts = new Map<string, number>();
      const keys = keysIn(text);
      for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
      for (const [key, count] of counts) {
        const list = this.#postings.get(key) ?? [];
        list.push([i, count]);
        this.#postings.set(key, list);
      }
      this.#lengths.push(keys.length);
    }
  }

  /** The best `limit` texts that share a word with the query, the best first. */
  search(query: string, limit: number): { index: number; score: number }[] {
    const total = this.#lengths.length;
    const average = this.#lengths.reduce((sum, n) => sum + n, 0) / Math.max(total, 1) || 1;
    const scores = new Map<number, number>();
    for (const key of new Set(keysIn(query))) {
      const list = this.#postings.get(key) ?? [];
      const idf = Math.log(1 + (total - list.length + 0.5) / (list.length + 0.5));
      for (const [index, count] of list) {
        const norm = K1 * (1 - B + (B * (this.#lengths[index] ?? 0)) / average);
        scores.set(index, (scores.get(index) ?? 0) + (idf * count * (K1 + 1)) / (count + norm));
      }
    }
    return [...scores]
      .map(([index, score]) => ({ index, score }))
      .sort((a, b) => b.score - a.score || a.index - b.index)
      .slice(0, limit);
  }
}

function keysIn(text: string): string[] {
  return wordsOf(text)
    .filter((word) => !word.isStop)
    .map((word) => word.key);
}
