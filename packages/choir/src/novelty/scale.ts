import type { Counts } from "./counts.js";

/** How N is mapped to 0-100: straight lines between points, and where the points come from. */
export interface Scale {
  /** `fixed` as long as the corpus is small; else the quantiles of N of the articles in it. */
  by: "fixed" | "corpus";
  /** Articles that the quantiles are of. */
  articles: number;
  /** N and the score, both rising, from (0, 0) to (1, 100). */
  points: [novelty: number, score: number][];
}

/**
 * A copy with a fifth of its words swapped stays under 10, a median original article comes to about 50. Measured with the
 * lexical embedder on manual pages and READMEs.
 */
const FIXED: Scale["points"] = [
  [0, 0],
  [0.18, 10],
  [0.36, 50],
  [1, 100],
];

/** Articles from which on the corpus makes its own scale. */
const ENOUGH_ARTICLES = 200;

/** Below this part of the median an article is mostly somebody else's: such articles do not move the scale. */
const NOT_ORIGINAL = 0.5;

/** The scale of the corpus as it is. */
export function scaleOf(counts: Counts): Scale {
  const found = counts.quantiles(ORIGINALS, [0.5, 0.9]);
  const [median, top] = found?.values ?? [];
  if (!found || found.n < ENOUGH_ARTICLES || !median || !top || top <= median || top >= 1)
    return { by: "fixed", articles: found?.n ?? 0, points: FIXED };
  const points: Scale["points"] = [
    [0, 0],
    [median * NOT_ORIGINAL, 10],
    [median, 50],
    [top, 80],
    [1, 100],
  ];
  return { by: "corpus", articles: found.n, points };
}

/** Counts a published article for later scales, if it is original. */
export function countNovelty(counts: Counts, { novelty, scale }: { novelty: number; scale: Scale }): void {
  if (scored(novelty, scale) > LEAST_COUNTED) counts.add(ORIGINALS, novelty);
}

const ORIGINALS = "novelty";
const LEAST_COUNTED = 10;

/** The score of N, 0-100, not rounded. */
export function scored(novelty: number, { points }: Scale): number {
  let [fromN, fromScore] = points[0] ?? [0, 0];
  for (const [toN, toScore] of points.slice(1)) {
    if (novelty <= toN) return fromScore + ((novelty - fromN) / (toN - fromN)) * (toScore - fromScore);
    [fromN, fromScore] = [toN, toScore];
  }
  return 100;
}
