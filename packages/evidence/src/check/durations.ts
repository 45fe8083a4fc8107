/** How many seconds a length of time has: months and years on average, with leap years. */
export const SECONDS: Readonly<Record<string, number>> = {
  second: 1,
  minute: 60,
  hour: 3600,
  day: 86_400,
  week: 604_800,
  fortnight: 1_209_600,
  month: 2_629_800,
  quarter: 7_889_400,
  year: 31_557_600,
  decade: 315_576_000,
  century: 3_155_760_000,
};

export const DAY = 86_400;
export const MONTH = 2_629_800;
export const YEAR = 31_557_600;
