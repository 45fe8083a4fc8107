import { SECONDS } from "./durations.js";
import { boundOf, type Figure } from "./figure.js";

const PARTS: Record<string, number> = { half: 2, third: 3, quarter: 4, fifth: 5, sixth: 6, eighth: 8, tenth: 10 };
const COUNTS: Record<string, number> = {
  a: 1,
  an: 1,
  one: 1,
  two: 2,
  three: 3,
  four: 4,
  five: 5,
  six: 6,
  seven: 7,
  eight: 8,
  nine: 9,
  ten: 10,
  twelve: 12,
  fifteen: 15,
  twenty: 20,
  thirty: 30,
  forty: 40,
  fifty: 50,
  sixty: 60,
  seventy: 70,
  eighty: 80,
  hundred: 100,
  "a hundred": 100,
  thousand: 1000,
  "a thousand": 1000,
};
const COUNT = Object.keys(COUNTS)
  .slice(2)
  .sort((a, b) => b.length - a.length)
  .join("|");
const FRACTION = new RegExp(
  String.raw`(?<![\p{L}\d-])(?:(?<count>an?|one|two|three|four)[\s-])?(?<part>half|third|quarter|fifth|sixth|eighth|tenth)s?(?![\p{L}-])` +
    String.raw`|(?<![\p{L}\d-])(?<some>${COUNT}|\d{1,2})(?:(?<=\bone)\s(?<noun>\p{Ll}{2,}))?(?:[\s-](?:in|out of)(?:\severy)?[\s-])(?<all>${COUNT}|\d{1,3})(?![\p{L}\d])`,
  "giu",
);
/** What a fraction is of, where that is a unit of its own. */
const OF_UNIT =
  /^\s(?:of\s)?(?:an?\s|one\s)?(?:(?<point>(?:percentage[\s-])?point|per\s?cent)|(?<scale>thousand|million|billion|trillion)(?:\s(?<currency>dollars|euros|pounds))?|(?<time>century|decade|year|month|week|day|hour|minute))(?![\p{L}])/iu;
const SCALES: Record<string, number> = { thousand: 1e3, million: 1e6, billion: 1e9, trillion: 1e12 };
const CURRENCIES: Record<string, string> = { dollars: "usd", euros: "eur", pounds: "gbp" };
/** A fraction is not meant more exactly than this, in percent. */
const COARSE = 4;
/** Nor a small one more exactly than to a fifth of itself. */
const FINE = 20;

/** The shares that a text says in words: "a third", "two thirds of", "by half", "nine in ten". */
export function fractionsOf(text: string): Figure[] {
  const found: Figure[] = [];
  for (const match of text.matchAll(FRACTION)) {
    const { count = "", part = "", some = "", all = "", noun } = match.groups ?? {};
    const before = text.slice(Math.max(0, match.index - 24), match.index);
    const after = text.slice(match.index + match[0].length);
    // "One car in nine" is a share, "one flood in nine years" is none.
    if (noun !== undefined && /^\s(?:years|months|weeks|days|hours)\b/i.test(after)) continue;
    const share =
      part === "" ? numberOf(some) / numberOf(all) : numberOf(count || "one") / (PARTS[part.toLowerCase()] ?? 1);
    if (!(share > 0 && share < 1) || (part !== "" && !isShare(count, part, before, after))) continue;
    const base = { start: match.index, numeral: share, bound: boundOf(before, after) };
    const unit = OF_UNIT.exec(after);
    const end = match.index + match[0].length + (unit?.[0].length ?? 0);
    const scale = SCALES[unit?.groups?.scale?.toLowerCase() ?? ""];
    const currency = CURRENCIES[unit?.groups?.currency?.toLowerCase() ?? ""];
    const seconds = SECONDS[unit?.groups?.time?.toLowerCase() ?? ""];
    const here = { ...base, end, text: text.slice(match.index, end).trim() };
    if (scale !== undefined) {
      const money =
        currency === undefined ? { quantity: "plain" as const } : { quantity: "money" as const, unit: currency };
      found.push({ ...here, ...money, value: share * scale, step: scale / 10 });
    } else if (seconds !== undefined) {
      found.push({ ...here, quantity: "time", value: share * seconds, step: seconds / 10 });
    } else if (unit) found.push({ ...here, quantity: "percent", value: share, step: 0.1 });
    else
      found.push({
        ...here,
        quantity: "percent",
        value: 100 * share,
        step: Math.min(COARSE, FINE * share),
        isFraction: true,
      });
  }
  return found;
}

/** "The third quarter", "the first half", "a quarter later" are no shares; "half a million" is read with its number. */
function isShare(count: string, part: string, before: string, after: string): boolean {
  if (/^half$/i.test(part) && /^\syear(?![\p{L}-])/u.test(after)) return true;
  if (/\b(?:first|second|third|fourth|last|this|next|each|every|per|previous|same)[\s-]+$/i.test(before)) return false;
  if (/\band\s+$/i.test(before) && /^half$/i.test(part) && !/^\s+of\b/.test(after)) return false;
  const isPlainHalf = count === "" && /^half$/i.test(part);
  if (isPlainHalf) {
    if (/^[\s-]an?[\s-](?:thousand|million|billion|hour|day|year)/i.test(after)) return false;
    return (
      /^\s*(?:[.,;:)]|$)/.test(after) ||
      /^\s+(?:of|the|its|their|his|her|as|a|an)\b/i.test(after) ||
      /\b(?:by|than|about|roughly|nearly|almost|in|only|over)\s+$/i.test(before)
    );
  }
  if (count === "") return false;
  return !/^\s+(?:later|earlier|ago|time|to|past)\b/i.test(after) || /^\s+to\s/i.test(after);
}

function numberOf(word: string): number {
  return COUNTS[word.toLowerCase()] ?? Number(word);
}

/** The shares that two counts beside each other make: "1,870 of the 5,200 objects", "a 4-of-7 multisig". */
export function countedShares(text: string, figures: readonly Figure[]): Figure[] {
  return figures.flatMap((part, i): Figure[] => {
    const all = figures[i + 1];
    if (!all || part.quantity !== "plain" || all.quantity !== "plain" || !(part.value < all.value)) return [];
    if (!OF_THE.test(text.slice(part.end, all.start))) return [];
    const share = (100 * part.value) / all.value;
    const { start, bound } = part;
    const base = { start, end: all.end, text: text.slice(start, all.end).trim(), numeral: share, value: share, bound };
    return [{ ...base, step: Math.min(COARSE, FINE * (share / 100)), quantity: "percent", isFraction: true }];
  });
}

const OF_THE = /^(?:\s+(?:out )?of (?:the |its |their |his |her |all )?|-of-)$/;
