import { datesOf } from "../check/dates.js";
import { type CslDate, partsOf } from "./csl.js";

/** The names of the months, as a manual writes them. */
export type Months = readonly string[];

const LONG_MONTHS: Months =
  "January February March April May June July August September October November December".split(" ");

/** `May 24, 2018`, or as far as it is known; empty without a year. */
export function monthDayYear(date: CslDate | undefined, months: Months = LONG_MONTHS): string {
  const { year, day } = partsOf(date);
  const month = monthName(date, months);
  if (year === undefined || month === "") return year === undefined ? "" : String(year);
  return day === undefined ? `${month} ${year}` : `${month} ${day}, ${year}`;
}

/** `24 May 2018`, or as far as it is known. */
export function dayMonthYear(date: CslDate | undefined, months: Months = LONG_MONTHS): string {
  const { year, day } = partsOf(date);
  const month = monthName(date, months);
  return year === undefined ? "" : [month === "" ? undefined : day, month, year].filter(Boolean).join(" ");
}

/** `May 24`, `May` or nothing: what stands beside a year that was said already. */
export function monthDay(date: CslDate | undefined, months: Months = LONG_MONTHS): string {
  const month = monthName(date, months);
  return month === "" ? "" : [month, partsOf(date).day].filter(Boolean).join(" ");
}

export function monthName(date: CslDate | undefined, months: Months): string {
  return months[(partsOf(date).month ?? 0) - 1] ?? "";
}

/** The first date that a text names with its year: a source's own date, however it writes it. */
export function dateFrom(text: string): CslDate | undefined {
  // A time after the day is no part of the date.
  const found = datesOf(text.replace(/(?<=\d{4}-\d{2}-\d{2})T/, " ")).find((date) => date.year !== undefined);
  if (found?.year === undefined) return undefined;
  const parts = [found.year, found.month, found.month === undefined ? undefined : found.day];
  return { "date-parts": [parts.filter((part) => part !== undefined)] };
}
