import type { Found } from "./rank.js";

/** Results that are compared with each other; further down nobody reads. */
const MOST = 20;
/** Of a small collection fewer: what half of it says in common says nothing about the question. */
const LEAST_SHARE = 8;

/** What the best supported of them gains, of all that an article can have (1). */
const WEIGHT = 0.1;

/** From this cosine on it is the same text again, and says nothing for the other: who publishes a text ten times gains nothing. */
const COPY = 0.9;

/**
 * Moves those of the first results up that say what the others say: answers to one question are like each other more than they are like
 * what only shares a word with it (van Rijsbergen's cluster hypothesis; Diaz 2005). Each passage has the scores of the others, each
 * times the cosine of both, as a share of the largest such sum.
 *
 * @param found best first
 * @param articles how many there are
 * @param saysOf how much a passage says each of its stems, 0 and more
 */
export function withSupport(
  found: readonly Found[],
  articles: number,
  saysOf: (passage: number) => ReadonlyMap<number, number>,
): Found[] {
  const heads = found.slice(0, Math.min(MOST, Math.ceil(articles / LEAST_SHARE)));
  const sums = supportOf(heads, saysOf);
  const [most, best] = [Math.max(...sums), found[0]?.score ?? 0];
  if (!(most > 0 && best > 0)) return [...found];
  const supported = found.map((one, i) => ({
    ...one,
    score: ((1 - WEIGHT) * one.score) / best + (WEIGHT * (sums[i] ?? 0)) / most,
  }));
  return supported.sort((a, b) => b.score - a.score || a.passage - b.passage);
}

function supportOf(heads: readonly Found[], saysOf: (passage: number) => ReadonlyMap<number, number>): number[] {
  const directions = heads.map(({ passage }) => ofLengthOne(saysOf(passage)));
  const sums = heads.map(() => 0);
  for (const [i, { score }] of heads.entries()) {
    for (let j = 0; j < i; j++) {
      const cosine = product(directions[i] ?? NOTHING, directions[j] ?? NOTHING);
      if (cosine >= COPY) continue;
      sums[i] = (sums[i] ?? 0) + cosine * (heads[j]?.score ?? 0);
      sums[j] = (sums[j] ?? 0) + cosine * score;
    }
  }
  return sums;
}

const NOTHING: ReadonlyMap<number, number> = new Map();

function ofLengthOne(says: ReadonlyMap<number, number>): ReadonlyMap<number, number> {
  let squares = 0;
  for (const weight of says.values()) squares += weight * weight;
  if (squares === 0) return NOTHING;
  const length = Math.sqrt(squares);
  return new Map([...says].map(([stem, weight]) => [stem, weight / length]));
}

function product(a: ReadonlyMap<number, number>, b: ReadonlyMap<number, number>): number {
  let sum = 0;
  for (const [stem, weight] of a) sum += weight * (b.get(stem) ?? 0);
  return sum;
}
