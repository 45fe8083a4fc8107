const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const MONTH =
  "(?:(?<third>early|mid|late)[\\s-](?:in\\s+)?)?(?<month>January|February|March|April|May|June|July|August|September|October|November|December|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\\b\\.?)";
/** A number alone is a year from 1900 on; before that, four digits are more often a count, unless a month or a preposition says so. */
const YEAR = "(?<year>(?:19|20)\\d{2})";
const ANY_YEAR = "(?<year>(?:1\\d|20)\\d{2})";
const NTH =
  "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth".split(
    " ",
  );
const ORDINALS = [...NTH, ...NTH.slice(0, 9).map((word) => `twenty-${word}`), "thirtieth", "thirty-first"];
const DAY = "(?<day>[12]\\d|3[01]|0?[1-9])(?:st|nd|rd|th)?";
const DAY_IN_WORDS = `(?<nth>${[...ORDINALS].reverse().join("|")})`;
const EDGE_L = "(?<![\\p{L}\\d.,$€£#/-])";
const EDGE_R = "(?![\\p{L}\\d%]|[.,]\\d)";
const QUARTERS = ["first", "second", "third", "fourth"];
const QUARTER = "(?<ordinal>first|second|third|fourth|last|final|opening)\\s+quarter";
const SEASON = "(?<season>spring|summer|autumn|fall|winter)";
const PART =
  "(?<part>early|mid|late|the\\s+first\\s+(?:few\\s+|three\\s+|six\\s+|nine\\s+)?(?:weeks|months)\\s+of|the\\s+(?:beginning|start)\\s+of|the\\s+(?:first|second)\\s+half\\s+of)";

const PART_OF = "(?:(?<part>early|mid|late)[\\s-])?";

/** The closest ways of writing first: what one has matched the next ones do not see. */
export const DATE_PATTERNS = [
  `${EDGE_L}${YEAR}-(?<num>0[1-9]|1[0-2])-${DAY}${EDGE_R}`,
  `${EDGE_L}${YEAR}-(?<num>0[1-9]|1[0-2])(?![-\\d])`,
  `${EDGE_L}${DAY_IN_WORDS}\\s+of\\s+${MONTH},?(?:\\s+${ANY_YEAR})?${EDGE_R}`,
  `${EDGE_L}${DAY}(?:\\s+of)?\\s+${MONTH},?(?:\\s+${ANY_YEAR})?${EDGE_R}`,
  `${EDGE_L}${MONTH}\\s+${DAY}(?:,?\\s+${ANY_YEAR})?${EDGE_R}`,
  `${EDGE_L}${MONTH},?(?:\\s+of)?\\s+${ANY_YEAR}${EDGE_R}`,
  `${EDGE_L}Q(?<quarter>[1-4])(?:\\s+(?:of\\s+)?${YEAR})?${EDGE_R}`,
  `${EDGE_L}${QUARTER}(?:\\s+(?:of\\s+)?${YEAR})?${EDGE_R}`,
  `\\b(?<close>(?:end|close)\\s+of)\\s+(?:the\\s+(?:same\\s+)?year|${ANY_YEAR})${EDGE_R}`,
  `${EDGE_L}${SEASON},?(?:\\s+of)?\\s+${ANY_YEAR}${EDGE_R}`,
  `${EDGE_L}${PART_OF}(?<decade>1\\d\\d0|20\\d0)s(?![\\p{L}\\d])`,
  `${EDGE_L}${PART_OF}(?<nthCentury>1[5-9]th|2[01]st|${NTH.slice(14).join("|")}|twenty-first)[\\s-]century(?![\\p{L}\\d])`,
  `${EDGE_L}${PART}[\\s-](?:in\\s+)?${ANY_YEAR}${EDGE_R}`,
  `${EDGE_L}${MONTH}${EDGE_R}`,
  `(?<=\\b(?:in|since|until|by|from|before|after|between|year)\\s(?:(?:1\\d|20)\\d{2}\\s(?:and|to|until|or)\\s)?)${ANY_YEAR}${EDGE_R}`,
  // "The steamer Aurelia, 1882.", "the revolution of 1848,", "(1793)": nothing is counted there.
  `(?<=\\b(?:of|around|about|circa|during|till|to|through)\\s|,\\s|\\()(?<year>1[5-8]\\d{2})(?=\\s*(?:[.,;:)\\]](?!\\d)|$))`,
  `${EDGE_L}${YEAR}${EDGE_R}`,
].map((source) => new RegExp(source, source === `${EDGE_L}${MONTH}${EDGE_R}` ? "gu" : "giu"));

/** 1 to 12. */
export function monthOf(name: string): number {
  return MONTHS.indexOf(name.slice(0, 3).toLowerCase()) + 1;
}

/** 1 to 31, of "eighth". */
export function dayOfOrdinal(word: string): number {
  return ORDINALS.indexOf(word.toLowerCase()) + 1;
}

/** 1 to 4. */
export function quarterOfOrdinal(word: string): number {
  const lower = word.toLowerCase();
  if (lower === "opening") return 1;
  return lower === "last" || lower === "final" ? 4 : QUARTERS.indexOf(lower) + 1;
}

/** First and last month of a season, or of a part of a year, as writers use them: the ends are not sharp. */
export function monthsOf(words: string): readonly [number, number] {
  const lower = words.toLowerCase();
  if (lower === "spring") return [3, 6];
  if (lower === "summer") return [6, 9];
  if (lower === "autumn" || lower === "fall") return [9, 12];
  if (lower === "winter") return [12, 3];
  if (/first half|six months/.test(lower)) return [1, 6];
  if (/nine months/.test(lower)) return [1, 9];
  if (/second half/.test(lower)) return [7, 12];
  if (lower === "mid") return [4, 9];
  if (lower === "late") return [8, 12];
  return [1, 5];
}

/** First and last day of a part of a month. */
export function daysOf(third: string): readonly [number, number] {
  const lower = third.toLowerCase();
  if (lower === "early") return [1, 12];
  return lower === "mid" ? [9, 21] : [19, 31];
}

/** Years of a decade, or of a part of it, which writers do not mean to the year. */
export function decadeOf(first: number, part: string | undefined): readonly [number, number] {
  return partOf([first, first + 9], 1, part);
}

/** Years of the century that is called the eighteenth, or the 18th; its parts are not sharp. */
export function centuryOf(nth: string, part: string | undefined): readonly [number, number] {
  const number = /^\d+/.test(nth) ? Number.parseInt(nth, 10) : dayOfOrdinal(nth);
  return partOf([100 * (number - 1), 100 * number - 1], 10, part);
}

function partOf(
  [from, to]: readonly [number, number],
  unit: number,
  part: string | undefined,
): readonly [number, number] {
  const lower = part?.toLowerCase();
  if (lower === "early") return [from, from + 4 * unit];
  if (lower === "mid") return [from + 3 * unit, from + 7 * unit];
  return lower === "late" ? [to - 4 * unit, to] : [from, to];
}
