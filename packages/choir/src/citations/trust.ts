/** How often one author's articles cite another's. */
export interface AuthorEdge {
  citing: string;
  cited: string;
  citations: number;
}

/** Share of an author's trust that goes on to those whom the author cites; the rest returns to the seeds. */
export const PASSED_ON = 0.85;
/** What a citation of an author counts who cites back. */
export const RECIPROCAL = 0.3;
const MOST_ROUNDS = 60;
const ENOUGH = 1e-13;

/** Weight of a number of citations from one author to another: the second hundred says little that the first did not. */
export function pairWeight(citations: number): number {
  // Rounded, since the last bit of a logarithm may differ from machine to machine.
  return Math.round(Math.log2(1 + citations) * 1e6) / 1e6;
}

/**
 * How far the judgement of each author is to be trusted: non-negative, sums to 1. Trust begins at the seeds and follows
 * citations (EigenTrust, TrustRank): an author passes half of it on to those cited, in proportion to {@link pairWeight};
 * citations of oneself count nothing, those of an author who cites back 0.3. What is not passed on returns to the seeds,
 * so that whoever nobody trusted has cited has none, whatever they do among themselves. Without a seed that is an
 * author, everybody is one.
 */
export function trustOf(
  authors: readonly string[],
  edges: readonly AuthorEdge[],
  seeds: readonly string[],
): Map<string, number> {
  // Sorted, since sums of floating-point numbers depend on their order.
  const names = [...new Set(authors)].sort();
  const graph = graphOf(names, edges);
  const seeded = new Set(seeds);
  const anchored = names.some((name) => seeded.has(name));
  const begins = names.map((name) => !anchored || seeded.has(name));
  const count = begins.filter(Boolean).length;
  const seed = Float64Array.from(begins, (isSeed) => (isSeed ? 1 / count : 0));

  let trust: Float64Array = seed;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const next = spread(trust, graph, seed);
    const moved = next.reduce((total, value, i) => total + Math.abs(value - (trust[i] ?? 0)), 0);
    trust = next;
    if (moved < ENOUGH) break;
  }
  return new Map(names.map((name, i) => [name, trust[i] ?? 0]));
}

interface Graph {
  from: Int32Array;
  to: Int32Array;
  /** Share of the citing author's trust that the edge carries on, before {@link PASSED_ON}; those of one author sum to at most 1. */
  share: Float64Array;
}

function graphOf(names: readonly string[], edges: readonly AuthorEdge[]): Graph {
  const numberOf = new Map(names.map((name, i) => [name, i]));
  const pairs = new Map<number, { from: number; to: number; citations: number }>();
  for (const { citing, cited, citations } of edges) {
    const from = numberOf.get(citing);
    const to = numberOf.get(cited);
    if (from === undefined || to === undefined || from === to || citations <= 0) continue;
    const pair = from * names.length + to;
    pairs.set(pair, { from, to, citations: (pairs.get(pair)?.citations ?? 0) + citations });
  }
  const sorted = [...pairs.entries()].sort(([a], [b]) => a - b).map(([, pair]) => pair);
  const total = new Float64Array(names.length);
  for (const { from, citations } of sorted) total[from] = (total[from] ?? 0) + pairWeight(citations);
  const shareOf = ({ from, to, citations }: (typeof sorted)[number]) => {
    const damping = pairs.has(to * names.length + from) ? RECIPROCAL : 1;
    return (pairWeight(citations) * damping) / (total[from] ?? 1);
  };
  return {
    from: Int32Array.from(sorted, ({ from }) => from),
    to: Int32Array.from(sorted, ({ to }) => to),
    share: Float64Array.from(sorted, shareOf),
  };
}

function spread(trust: Float64Array, { from, to, share }: Graph, seed: Float64Array): Float64Array {
  const next = new Float64Array(trust.length);
  const largest = new Float64Array(trust.length);
  for (let i = 0; i < from.length; i++) {
    const amount = (trust[from[i] ?? 0] ?? 0) * (share[i] ?? 0) * PASSED_ON;
    const target = to[i] ?? 0;
    next[target] = (next[target] ?? 0) + amount;
    largest[target] = Math.max(largest[target] ?? 0, amount);
  }
  let passed = 0;
  for (let i = 0; i < next.length; i++) {
    next[i] = Math.max(0, (next[i] ?? 0) - (largest[i] ?? 0));
    passed += next[i] ?? 0;
  }
  for (let i = 0; i < next.length; i++) next[i] = (next[i] ?? 0) + (1 - passed) * (seed[i] ?? 0);
  return next;
}
