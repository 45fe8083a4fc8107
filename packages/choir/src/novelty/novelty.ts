import type { Coherence } from "./coherence.js";
import { type Scale, scored } from "./scale.js";

/**
 * The novelty formula. For each passage of prose of the author's own, against everything published before it:
 *
 *   d = 1 - (0.6 * cosine of the nearest passage + 0.4 * mean cosine of the five nearest)
 *   c = share of its words in five-word shingles that have been published before, or stand earlier in the article
 *   h = min(1, r / median of r in the corpus)^2, r = share of its pairs of neighbouring words that have been published
 *       elsewhere than in what it shares text with, above what its words give when they are shuffled
 *   z = d * (1 - c) * h
 *   N = half the mean of z + half the mean of the lower half of z
 *
 * both means by number of words. The lower half weighs twice, so that one original passage does not carry three copied
 * ones; by words, so that many short passages do not carry a long one.
 */
export const NOVELTY_FORMULA = "chunk-2";

/** Passages that count in dense nearness. */
export const NEAREST = 5;

export interface ScoredPassage {
  /** Number of the passage in its article, from 0. */
  passage: number;
  /** Words of its own. */
  words: number;
  /** The nearest earlier passages, nearest first, at most five. */
  nearest: { article: string; passage: number; similarity: number }[];
  /** 0-1. */
  containment: number;
  coherence: Coherence;
}

/** A score with all that went into it: {@link scoreNovelty} of its `passages` and `scale` gives its `score` again. */
export interface NoveltyRecord {
  formula: typeof NOVELTY_FORMULA;
  /** Embedder the similarities come from. */
  model: string;
  /** A lexical score is provisional: it sees spelling, not meaning, and pays nothing. */
  mode: "lexical" | "semantic";
  /** The corpus it was measured against: everything up to this stream sequence, so many passages of all versions. */
  corpus: { seq: number; passages: number };
  scale: Scale;
  passages: ScoredPassage[];
  /** 0-1. */
  novelty: number;
  /** 0-100, one decimal. */
  score: number;
}

/**
 * N (0-1, four decimals) and the score (0-100, one decimal) of an article. With an empty corpus everything is new:
 * N is 1 and the score 100. An article with no passage of its own (only quotations) has N 0.
 */
export function scoreNovelty(passages: readonly ScoredPassage[], scale: Scale): { novelty: number; score: number } {
  const z = passages.map((passage) => ({ value: passageNovelty(passage), words: passage.words }));
  z.sort((a, b) => a.value - b.value);
  const total = z.reduce((sum, { words }) => sum + words, 0);
  if (total === 0) return { novelty: 0, score: 0 };
  const novelty = round((lowest(z, total) + lowest(z, total / 2)) / 2, 4);
  return { novelty, score: round(scored(novelty, scale), 1) };
}

/** The three factors of a passage's novelty, each 0-1, and their product z. */
export function factorsOf({ nearest, containment, coherence }: ScoredPassage) {
  const similarities = nearest.map(({ similarity }) => Math.max(0, Math.min(1, similarity)));
  const distance = similarities.length === 0 ? 1 : 1 - (0.6 * Math.max(...similarities) + 0.4 * mean(similarities));
  const { rate, typical } = coherence;
  const coherent = typical === 0 ? 1 : Math.min(1, rate / typical) ** 2;
  return { distance, unshared: 1 - containment, coherent, z: distance * (1 - containment) * coherent };
}

function passageNovelty(passage: ScoredPassage): number {
  return factorsOf(passage).z;
}

/** Mean of the first so many words, each with the value of its passage. */
function lowest(sorted: readonly { value: number; words: number }[], words: number): number {
  let [sum, left] = [0, words];
  for (const { value, words: own } of sorted) {
    const part = Math.min(own, left);
    sum += value * part;
    left -= part;
  }
  return sum / words;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function round(value: number, decimals: number): number {
  const factor = 10 ** decimals;
  return Math.round(value * factor) / factor;
}
