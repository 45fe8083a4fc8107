import {
  centuryOf,
  DATE_PATTERNS,
  dayOfOrdinal,
  daysOf,
  decadeOf,
  monthOf,
  monthsOf,
  quarterOfOrdinal,
} from "./date-patterns.js";
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
  /** "The spring of 2019", "early 1945": from one month to another, and over the turn of the year where the first is later. */
  months?: readonly [number, number];
  /** "The 1930s", "the late nineteenth century": first and last year. */
  years?: readonly [number, number];
  /** "Mid-December": from one day of the month to another. */
  days?: readonly [number, number];
}

/** The dates of a text, in order. Spans in `masked` are passed over. */
export function datesOf(text: string, masked: Span[] = []): DateMention[] {
  let rest = text;
  for (const { start, end } of masked) rest = blank(rest, start, end);
  const dates: DateMention[] = [];
  for (const pattern of DATE_PATTERNS) {
    for (const match of rest.matchAll(pattern)) {
      const date = dateOf(match, rest);
      if (!date) continue;
      dates.push(date);
    }
    for (const { start, end } of dates) rest = blank(rest, start, end);
  }
  const inOrder = dates.sort((a, b) => a.start - b.start);
  return inOrder.map((date, i) => inRange(date, inOrder[i + 1], text));
}

const TO = /^,?\s*(?:to|and|until|till|through|or|[-–—])\s*(?:the\s+)?$/i;

/** "From 7 March to 12 December 2022": the year is said once. */
function inRange(first: DateMention, second: DateMention | undefined, text: string): DateMention {
  if (first.year !== undefined || first.month === undefined || second?.year === undefined) return first;
  if (second.month === undefined || !TO.test(text.slice(first.end, second.start))) return first;
  return { ...first, year: first.month > second.month ? second.year - 1 : second.year };
}

/** Whether a source's date says what a claim's date says. A claim may be coarser than its source, never finer. */
export function sameDate(claim: DateMention, source: DateMention): boolean {
  if (claim.years !== undefined) return isAmong(claim.years, source);
  if (claim.months?.[0] === 12) return isInWinter(claim, source);
  if (claim.year !== undefined && source.year !== undefined && claim.year !== source.year) return false;
  if (claim.isYearEnd) return source.isYearEnd === true || source.month === undefined || source.month >= 11;
  if (source.isYearEnd) return claim.month === undefined ? claim.year === source.year : claim.month === 12;
  if (claim.day !== undefined) return claim.day === source.day && claim.month === source.month;
  if (claim.month !== undefined) return claim.month === source.month && overlap(claim.days, daysIn(source));
  if (claim.quarter !== undefined) return claim.quarter === quarterOf(source);
  if (claim.months !== undefined) {
    const theirs = monthsIn(source);
    return theirs !== undefined && overlap(claim.months, theirs);
  }
  return claim.year === source.year;
}

function isAmong([from, to]: readonly [number, number], { year, years }: DateMention): boolean {
  if (years !== undefined) return years[0] >= from && years[1] <= to;
  return year !== undefined && year >= from && year <= to;
}

/** A winter has two years, and is called by either. */
function isInWinter({ year }: DateMention, source: DateMention): boolean {
  const [from, to] = monthsIn(source) ?? [6, 6];
  const isCold = [from, to].some((month) => month === 12 || month <= 3);
  return isCold && (year === undefined || source.year === undefined || Math.abs(year - source.year) <= 1);
}

function monthsIn({ months, month, quarter }: DateMention): readonly [number, number] | undefined {
  if (months !== undefined) return months;
  if (month !== undefined) return [month, month];
  return quarter === undefined ? undefined : [3 * quarter - 2, 3 * quarter];
}

function daysIn({ days, day }: DateMention): readonly [number, number] | undefined {
  return days ?? (day === undefined ? undefined : [day, day]);
}

/** What one of the two does not say, it does not deny. */
function overlap(a: readonly [number, number] | undefined, b: readonly [number, number] | undefined): boolean {
  return a === undefined || b === undefined || (a[0] <= b[1] && b[0] <= a[1]);
}

function dateOf(match: RegExpExecArray | RegExpMatchArray, text: string): DateMention | undefined {
  const { year, month, num, day, nth, quarter, ordinal, close, third, season, part, decade, nthCentury } =
    match.groups ?? {};
  const start = match.index ?? 0;
  const found = { text: match[0], start, end: start + match[0].length };
  if (decade !== undefined || nthCentury !== undefined) {
    const years = decade === undefined ? centuryOf(nthCentury ?? "", part) : decadeOf(Number(decade), part);
    return { ...found, years };
  }
  const monthNumber = num ? Number(num) : month ? monthOf(month) : undefined;
  const isLone = month !== undefined && !year && !day && !nth && !third;
  // "may" and "march" are verbs unless something before them makes them months.
  if (
    isLone &&
    !/(?:\b(?:in|since|until|by|during|from|to|and|of|between|early|late|mid|last|this|next|previous|preceding|following|end of|before|after|through|the)[\s-]+|-)$/i.test(
      text.slice(0, start),
    )
  )
    return undefined;
  const isYear = !month && !num && !quarter && !ordinal && !close && !season && !part;
  if (isYear && isCount(text, found)) return undefined;
  return {
    ...found,
    ...(year ? { year: Number(year) } : {}),
    ...(close ? { isYearEnd: true } : {}),
    ...(monthNumber ? { month: monthNumber } : {}),
    ...(day ? { day: Number(day) } : nth ? { day: dayOfOrdinal(nth) } : {}),
    ...(third && !day ? { days: daysOf(third) } : {}),
    ...(season || part ? { months: monthsOf(season ?? part ?? "") } : {}),
    ...(quarter || ordinal ? { quarter: quarter ? Number(quarter) : quarterOfOrdinal(ordinal ?? "") } : {}),
  };
}

/** "2000 users" is a count, not a year. */
function isCount(text: string, { end }: Span): boolean {
  return /^\s+(?:users|accounts|addresses|people|dollars|tokens|times|contracts|deposits|holders|metres|meters|kilometres|tonnes|crowns|euros|pounds|pupils|households|million|billion|thousand|percent)\b/i.test(
    text.slice(end),
  );
}

function quarterOf(date: DateMention): number | undefined {
  return date.quarter ?? (date.month === undefined ? undefined : Math.ceil(date.month / 3));
}

function blank(text: string, start: number, end: number): string {
  return text.slice(0, start) + " ".repeat(end - start) + text.slice(end);
}
