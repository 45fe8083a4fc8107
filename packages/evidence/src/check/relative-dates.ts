import { monthsOf } from "./date-patterns.js";
import type { DateMention } from "./dates.js";
import { DAY, MONTH, YEAR } from "./durations.js";
import type { Figure } from "./figure.js";

const AFTER = /^\s*(?:later|afterwards?|thereafter|on\b)/i;
const BEFORE = /^\s*(?:earlier|before\b|previously|sooner)/i;
const NEXT =
  /\b(?:the )?(?:next|following) (day|week|month|year)\b|\b(?:the )?(?:previous|preceding) (day|month|year)\b/gi;
const NEXT_SEASON = /\b(?:the )?(?:next|following) (spring|summer|autumn|winter)\b/gi;
const SAME_PERIOD = /\b(?:same|corresponding|comparable) (?:quarter|period)(?: of| in)?\s+$/i;
const UNITS: Record<string, number> = { day: DAY, week: 7 * DAY, month: MONTH, year: YEAR };

/**
 * The dates that a sentence says by how far they lie from another of its dates: "until 24 November, and a day later".
 * @param dates those it has in so many words
 */
export function relativeDates(text: string, dates: readonly DateMention[], figures: readonly Figure[]): DateMention[] {
  const found: DateMention[] = [];
  const add = (span: { start: number; end: number }, seconds: number): void => {
    const base = dates.findLast((date) => date.end <= span.start);
    const date = base && moved(base, seconds);
    if (date) found.push({ ...date, ...span, text: text.slice(span.start, span.end) });
  };
  for (const { quantity, value, start, end } of figures) {
    if (quantity !== "time") continue;
    if (AFTER.test(text.slice(end)) || /\bafter\s+$/i.test(text.slice(0, start))) add({ start, end }, value);
    else if (BEFORE.test(text.slice(end))) add({ start, end }, -value);
  }
  for (const match of text.matchAll(NEXT)) {
    const seconds = UNITS[(match[1] ?? match[2] ?? "").toLowerCase()] ?? 0;
    add({ start: match.index, end: match.index + match[0].length }, match[1] === undefined ? -seconds : seconds);
  }
  for (const match of text.matchAll(NEXT_SEASON)) {
    const base = dates.findLast((date) => date.end <= match.index);
    if (base?.year === undefined) continue;
    const months = monthsOf(match[1] ?? "");
    const year = base.year + (base.month === undefined || base.month < months[0] ? 0 : 1);
    found.push({ year, months, text: match[0], start: match.index, end: match.index + match[0].length });
  }
  return found;
}

/**
 * "The same quarter of 2023", in a document about the third quarter of 2024, is the third quarter of 2023.
 * @param own dates of the document itself
 */
export function ofSamePeriod(text: string, date: DateMention, own: readonly DateMention[]): DateMention {
  if (date.month !== undefined || date.quarter !== undefined) return date;
  const quarter = own.find((each) => each.quarter !== undefined)?.quarter;
  if (quarter === undefined || !SAME_PERIOD.test(text.slice(0, date.start))) return date;
  return { ...date, quarter };
}

/** As exact as both: years from a year, months from a month, days from a day. */
function moved(
  { year, month, day }: DateMention,
  seconds: number,
): Pick<DateMention, "year" | "month" | "day"> | undefined {
  const size = Math.abs(seconds);
  if (size >= YEAR && Number.isInteger(size / YEAR)) {
    return year === undefined ? undefined : { year: year + seconds / YEAR };
  }
  if (month === undefined) return undefined;
  if (size >= MONTH && Number.isInteger(size / MONTH)) {
    const at = new Date(Date.UTC(year ?? 2001, month - 1 + seconds / MONTH, 1));
    return { ...(year === undefined ? {} : { year: at.getUTCFullYear() }), month: at.getUTCMonth() + 1 };
  }
  if (day === undefined) return undefined;
  const at = new Date(Date.UTC(year ?? 2001, month - 1, day) + seconds * 1000);
  return {
    ...(year === undefined ? {} : { year: at.getUTCFullYear() }),
    month: at.getUTCMonth() + 1,
    day: at.getUTCDate(),
  };
}
