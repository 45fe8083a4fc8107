/**
 * The first novelty formula ("chunk-1"). For each of an article's own passages, against everything published before it:
 *
 *   d = 1 - (0.6 * cosine of the nearest passage + 0.4 * mean cosine of the five nearest)
 *   c = share of its five-word shingles that have been published before
 *   z = d * (1 - c)
 *   N = half the mean of z + half the mean of the lower half of z
 *
 * The lower half weighs twice, so that one original passage does not carry three copied ones. The coherence factor
 * (which brings gibberish down) is not part of this version.
 */
export const NOVELTY_FORMULA = "chunk-1";

/** Passages that count in dense nearness. */
export const NEAREST = 5;

/** Longer articles are scored by this many of their own passages, evenly spaced. */
export const MOST_SCORED = 256;

export interface ScoredPassage {
  /** Number of the passage in its article, from 0. */
  passage: number;
  /** The nearest earlier passages, nearest first, at most five. */
  nearest: { article: string; passage: number; similarity: number }[];
  /** 0-1. */
  containment: number;
}

/** A score with all that went into it: {@link scoreNovelty} of its `passages` gives its `score` again. */
export interface NoveltyRecord {
  formula: typeof NOVELTY_FORMULA;
  /** Embedder the similarities come from. */
  model: string;
  /** A lexical score is provisional: it sees spelling, not meaning. */
  mode: "lexical" | "semantic";
  /** The corpus it was measured against: everything up to this stream sequence. */
  corpus: { seq: number; passages: number };
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
export function scoreNovelty(passages: readonly ScoredPassage[]): { novelty: number; score: number } {
  if (passages.length === 0) return { novelty: 0, score: 0 };
  const z = passages.map(passageNovelty).sort((a, b) => a - b);
  const lower = z.slice(0, Math.ceil(z.length / 2));
  const novelty = round((mean(z) + mean(lower)) / 2, 4);
  return { novelty, score: noveltyScore(novelty) };
}

/** At most {@link MOST_SCORED} of the items, evenly spaced, the first one among them. */
export function evenly<T>(items: readonly T[]): T[] {
  const step = Math.max(1, items.length / MOST_SCORED);
  return items.filter((_, i) => Math.floor(i / step) !== Math.floor((i - 1) / step));
}

function passageNovelty({ nearest, containment }: ScoredPassage): number {
  const similarities = nearest.map(({ similarity }) => Math.max(0, Math.min(1, similarity)));
  const distance = similarities.length === 0 ? 1 : 1 - (0.6 * Math.max(...similarities) + 0.4 * mean(similarities));
  return distance * (1 - containment);
}

/**
 * N mapped to 0-100 by straight lines between anchors: a copy with a fifth of its words swapped stays under 10, a
 * median original article comes to about 50. Measured with the lexical embedder on manual pages and READMEs, medians of
 * N: original 0.45 (near copies of each other among them), two fifths of the words swapped 0.28, a fifth 0.13, sentences
 * of three articles in turn 0.08, a copy 0.
 */
const ANCHORS = [
  [0, 0],
  [0.2, 8],
  [0.5, 50],
  [1, 100],
] as const;

function noveltyScore(novelty: number): number {
  let [fromN, fromScore]: readonly [number, number] = ANCHORS[0];
  for (const [toN, toScore] of ANCHORS.slice(1)) {
    if (novelty <= toN) return round(fromScore + ((novelty - fromN) / (toN - fromN)) * (toScore - fromScore), 1);
    [fromN, fromScore] = [toN, toScore];
  }
  return 100;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function round(value: number, decimals: number): number {
  const factor = 10 ** decimals;
  return Math.round(value * factor) / factor;
}
