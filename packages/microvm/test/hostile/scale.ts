/**
 * The attacks at full size (`npm run test:hostile`), or a selection small enough for every test run. The expected results are the
 * same numbers in both; only how much is thrown at the walls differs.
 */
export const isFull = process.env.VIBEWRITER_HOSTILE === "full";

const mebibyte = 1_048_576;

/** How much a flood pours, in bytes. */
export const floodBytes = (isFull ? 1_024 : 96) * mebibyte;

/** How many times a loop of an attack turns. */
export function times(full: number, selected: number): number {
  return isFull ? full : selected;
}
