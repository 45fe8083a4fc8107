/**
 * Divides an amount by weights so that the parts sum to it exactly: each gets its share rounded down, and the units that
 * are left go one each to the largest remainders, the earlier one among equals.
 * @returns parts in the order of the weights; all 0 if no weight is positive
 */
export function shareOut(amount: bigint, weights: readonly bigint[]): bigint[] {
  const total = sum(weights);
  if (total <= 0n) return weights.map(() => 0n);
  const parts = weights.map((weight) => (amount * weight) / total);
  const left = Number(amount - sum(parts));
  const byRemainder = weights
    .map((weight, i) => ({ i, remainder: (amount * weight) % total }))
    .sort((a, b) => (a.remainder === b.remainder ? a.i - b.i : a.remainder > b.remainder ? -1 : 1));
  for (const { i } of byRemainder.slice(0, left)) parts[i] = (parts[i] ?? 0n) + 1n;
  return parts;
}

/** Something to be paid: at most `most`, in proportion to `weight`. Neither is negative. */
export interface Claim {
  weight: bigint;
  most: bigint;
}

/**
 * What each claim gets by its weight: `min(most, rate * weight)`. The rate is that at which the claims with `percent` of
 * all weight are paid in full. It is a rate and no sharing out, so that what the heavy claims do not need is not poured
 * over the light ones: claims with a share r of the weight get at most the share 100 / (100 - percent) * r of what is
 * paid, however many they are. Rounded down.
 */
export function payByWeight(claims: readonly Claim[], percent: number): bigint[] {
  const able = claims.filter(({ weight, most }) => weight > 0n && most > 0n);
  const total = sum(able.map(({ weight }) => weight));
  // By the rate that pays them in full: most / weight, compared without dividing.
  const cheapestFirst = able.toSorted((a, b) => compare(a.most * b.weight, b.most * a.weight));
  let reached = 0n;
  const last = cheapestFirst.find(({ weight }) => {
    reached += weight;
    return reached * 100n >= total * BigInt(percent);
  });
  if (!last) return claims.map(() => 0n);
  return claims.map(({ weight, most }) => smaller(most, (last.most * weight) / last.weight));
}

/** Scales amounts down so that they sum to at most `limit`, exactly to it if they are above. */
export function within(limit: bigint, amounts: readonly bigint[]): bigint[] {
  return sum(amounts) > limit ? shareOut(limit, amounts) : [...amounts];
}

export function sum(amounts: Iterable<bigint>): bigint {
  let total = 0n;
  for (const amount of amounts) total += amount;
  return total;
}

export function smaller(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
