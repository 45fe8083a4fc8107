const CHIP = 10n ** 18n;

/**
 * CHIP (smallest units) for a novelty score of 0-100 with one decimal: nothing below 20, the score itself below 50, then
 * in straight lines to 250 at 80 and to 1,250 at 100.
 */
export function chipReward(score: number): bigint {
  const tenths = BigInt(Math.round(score * 10));
  if (tenths < 200n) return 0n;
  if (tenths < 500n) return (tenths * CHIP) / 10n;
  if (tenths < 800n) return 50n * CHIP + (200n * CHIP * (tenths - 500n)) / 300n;
  return 250n * CHIP + (1_000n * CHIP * (tenths - 800n)) / 200n;
}
