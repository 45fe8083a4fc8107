import type { Claim } from "./claim.js";
import type { DateMention } from "./dates.js";
import { DAY, YEAR } from "./durations.js";
import type { Figure } from "./figure.js";
import { neighbours, type Passage, type PreparedSource } from "./source.js";

/** "Eleven weeks", "almost two years": how exactly a length of time is meant that nobody has counted in days. */
const TOLERANCE = 0.1;
/** "Over a quarter of a century" may be 27 years. */
const FAR = 1.25;

/**
 * Whether a length of time is that between two dates of the passages, of those beside them, of the claim or of the document itself; then how,
 * in a sentence.
 */
export function lasted(
  figure: Figure,
  passages: readonly Passage[],
  claim: Claim,
  source: PreparedSource,
): string | undefined {
  const length = figure.unit === "age" ? { ...figure, value: figure.value * YEAR, step: YEAR } : figure;
  if ((figure.quantity !== "time" && figure.unit !== "age") || length.value < DAY) return undefined;
  const near = passages.flatMap((passage) => [passage, ...neighbours(passage, source)]);
  const dates = [...near.flatMap((passage) => passage.dates), ...claim.dates, ...source.ownDates];
  const days = dates.flatMap((date, i) => dayOf(date, yearBeside(i, dates)));
  const isSaid = days.some((a) => days.some((b) => b > a && fits(length, (b - a) * DAY)));
  return isSaid ? `${figure.text} lie between two dates of the source.` : undefined;
}

function fits({ bound, value, step }: Figure, length: number): boolean {
  const exact = step >= YEAR ? 0.6 * step : TOLERANCE * value;
  const tolerance = bound === "about" ? Math.max(exact, 0.05 * value) : exact;
  if (bound === "over") return length > value - tolerance && length <= value * FAR;
  if (bound === "under") return length < value + tolerance && length >= value / FAR;
  return Math.abs(length - value) <= tolerance;
}

/** A date without a year has that of the last one before it that has one, or of the next. */
function yearBeside(at: number, dates: readonly DateMention[]): number | undefined {
  const hasYear = ({ year }: DateMention): boolean => year !== undefined;
  return (dates.slice(0, at + 1).findLast(hasYear) ?? dates.slice(at).find(hasYear))?.year;
}

/** Days since 1970; the middle of what is said to the month or the year. */
function dayOf({ month, months, day }: DateMention, year: number | undefined): number[] {
  if (year === undefined) return [];
  const theMonth = month ?? (months === undefined ? 7 : Math.round((months[0] + months[1]) / 2));
  return [Date.UTC(year, theMonth - 1, day ?? (month === undefined ? 1 : 15)) / (1000 * DAY)];
}
