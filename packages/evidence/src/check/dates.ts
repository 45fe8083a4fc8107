import type { Span } from "./sentences.js";

/** A date as far as the text says it: a day, a month, a quarter or a year. Months count from 1. */
export interface DateMention extends Span {
  text: string;
  year?: number;
  /** "The end of 2024": December, or thereabouts. */
  isYearEnd?: boolean;
  quarter?: number;
  month?: number;
  day?: number;
}

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const MONTH =
  "(?<month>January|February|March|April|May|June|July|August|September|October|November|December|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\\b\\.?)";
const YEAR = "(?<year>(?:19|20)\\d{2})";
const DAY = "(?<day>[12]\\d|3[01]|0?[1-9])(?:st|nd|rd|th)?";
const EDGE_L = "(?<![\\p{L}\\d.,$€£#/-])";
const EDGE_R = "(?![\\p{L}\\d%]|[.,]\\d)";

const PATTERNS = [
  `${EDGE_L}${YEAR}-(?<num>0[1-9]|1[0-2])-${DAY}${EDGE_R}`,
  `${EDGE_L}${YEAR}-(?<num>0[1-9]|1[0-2])(?![-\\d])`,
  `${EDGE_L}${DAY}(?:\\s+of)?\\s+${MONTH},?(?:\\s+${YEAR})?${EDGE_R}`,
  `${EDGE_L}${MONTH}\\s+${DAY}(?:,?\\s+${YEAR})?${EDGE_R}`,
  `${EDGE_L}${MONTH},?(?:\\s+of)?\\s+${YEAR}${EDGE_R}`,
  `${EDGE_L}Q(?<quarter>[1-4])(?:\\s+(?:of\\s+)?${YEAR})?${EDGE_R}`,
  `${EDGE_L}(?<ordinal>first|second|third|fourth)\\s+quarter(?:\\s+(?:of\\s+)?${YEAR})?${EDGE_R}`,
  `\\b(?<close>(?:end|close)\\s+of)\\s+(?:the\\s+(?:same\\s+)?year|${YEAR})${EDGE_R}`,
  `${EDGE_L}${MONTH}${EDGE_R}`,
  `${EDGE_L}${YEAR}${EDGE_R}`,
].map((source, i) => new RegExp(source, i === 8 ? "gu" : "giu"));

/** The dates of a text, in order. Spans in `masked` are passed over. */
export function datesOf(text: string, masked: Span[] = []): DateMention[] {
  let rest = text;
  for (const { start, end } of masked) rest = blank(rest, start, end);
  const dates: DateMention[] = [];
  for (const pattern of PATTERNS) {
    for (const match of rest.matchAll(pattern)) {
      const date = dateOf(match, rest);
      if (!date) continue;
      dates.push(date);
    }
    for (const { start, end } of dates) rest = blank(rest, start, end);
  }
  return dates.sort((a, b) => a.start - b.start);
}

/** Whether a source's date says what a claim's date says. A claim may be coarser than its source, never finer. */
export function sameDate(claim: DateMention, source: DateMention): boolean {
  if (claim.year !== undefined && source.year !== undefined && claim.year !== source.year) return false;
  if (claim.isYearEnd) return source.isYearEnd === true || source.month === undefined || source.month >= 11;
  if (source.isYearEnd) return claim.month === undefined ? claim.year === source.year : claim.month === 12;
  if (claim.day !== undefined) return claim.day === source.day && claim.month === source.month;
  if (claim.month !== undefined) return claim.month === source.month;
  if (claim.quarter !== undefined) return claim.quarter === quarterOf(source);
  return claim.year === source.year;
}

function dateOf(match: RegExpExecArray | RegExpMatchArray, text: string): DateMention | undefined {
  const { year, month, num, day, quarter, ordinal, close } = match.groups ?? {};
  const start = match.index ?? 0;
  const found = { text: match[0], start, end: start + match[0].length };
  const monthNumber = num ? Number(num) : month ? MONTHS.indexOf(month.slice(0, 3).toLowerCase()) + 1 : undefined;
  const isLone = month !== undefined && !year && !day;
  // "may" and "march" are verbs unless something before them makes them months.
  if (
    isLone &&
    !/(?:\b(?:in|since|until|by|during|from|to|and|of|early|late|mid|last|this|next|end of|before|after|through|the)[\s-]+|-)$/i.test(
      text.slice(0, start),
    )
  )
    return undefined;
  if (!month && !num && !quarter && !ordinal && !close && isCount(text, found)) return undefined;
  return {
    ...found,
    ...(year ? { year: Number(year) } : {}),
    ...(close ? { isYearEnd: true } : {}),
    ...(monthNumber ? { month: monthNumber } : {}),
    ...(day ? { day: Number(day) } : {}),
    ...(quarter || ordinal
      ? {
          quarter: quarter
            ? Number(quarter)
            : ["first", "second", "third", "fourth"].indexOf((ordinal ?? "").toLowerCase()) + 1,
        }
      : {}),
  };
}

/** "2000 users" is a count, not a year. */
function isCount(text: string, { end }: Span): boolean {
  return /^\s+(?:users|accounts|addresses|people|dollars|tokens|times|contracts|deposits|holders|million|billion|thousand|percent)\b/i.test(
    text.slice(end),
  );
}

function quarterOf(date: DateMention): number | undefined {
  return date.quarter ?? (date.month === undefined ? undefined : Math.ceil(date.month / 3));
}

function blank(text: string, start: number, end: number): string {
  return text.slice(0, start) + " ".repeat(end - start) + text.slice(end);
}
