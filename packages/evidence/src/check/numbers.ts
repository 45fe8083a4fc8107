import { SECONDS } from "./durations.js";
import { boundOf, type Figure } from "./figure.js";
import { fractionsOf } from "./fractions.js";
import type { Span } from "./sentences.js";
import { unitAt } from "./units.js";

export type { Figure, Quantity } from "./figure.js";

/**
 * The numbers of a text. Spans in `masked` (dates, citations) are passed over, as are versions such as "v3" and numbers
 * that are part of a name.
 */
export function figuresOf(text: string, masked: Span[] = []): Figure[] {
  const clean = mask(text, masked);
  const shares = fractionsOf(clean);
  const rest = mask(clean, shares);
  const found = [...digitFigures(rest), ...wordFigures(rest)].map((figure) => measured(figure, rest));
  return [...found, ...shares].sort((a, b) => a.start - b.start);
}

/**
 * Whether a claim's number says what a source's number says: the same quantity, and equal, or rounded in the way the claim
 * is written. A claim may be coarser than its source, never finer.
 */
export function agrees(claim: Figure, source: Figure): boolean {
  if (source.isCell && source.quantity === "plain" && source.value === claim.numeral) return true;
  // "24 minutes, and 6 without": the unit is said once.
  if (claim.quantity === "plain" && source.quantity !== "plain" && claim.value === source.numeral) return true;
  // "Three groups" are no three kilograms.
  if (claim.quantity === "measure" && source.quantity === "plain" && claim.numeral === source.value)
    return /\d/.test(source.text);
  if (!comparable(claim, source)) return false;
  const { value: c } = claim;
  const { value: s } = source;
  const off = Math.abs(c - s);
  const tiny = 1e-9 * Math.max(Math.abs(c), Math.abs(s), 1);
  if (off <= tiny) return true;
  // "A third" is said of 34 % as well as of 32 %, and 67 % of two thirds.
  if (claim.isFraction && claim.bound === "exact") return off <= claim.step / 2;
  if (source.isFraction && off <= claim.step / 2 + tiny) return true;
  const size = Math.max(Math.abs(s), Math.abs(c));
  if (claim.bound === "over") return s > c && s <= c * (claim.isFraction ? 1.3 : 1.25);
  if (claim.bound === "under") return s < c && s >= c * (claim.isFraction ? 0.7 : 0.8);
  // "Nearly a third" is said of 31 %.
  if (claim.isFraction && claim.bound === "about" && off <= NEAR_FRACTION * c) return true;
  if (claim.bound === "about") return off <= size * (off <= claim.step / 2 + tiny ? 0.15 : 0.06);
  // "A month and a half" for six weeks: whoever changes the unit does not count days.
  const isOtherUnit = claim.quantity === "time" && claim.step > source.step * 2 && claim.value >= claim.step;
  if (isOtherUnit && off <= 0.1 * size) return true;
  if (claim.step <= source.step + tiny) return false;
  return off <= claim.step / 2 + tiny && off <= size * 0.027;
}

/** How far from a fraction a share may be that is said to be about it: 31 % is nearly a third. */
const NEAR_FRACTION = 0.08;

/** Whether two numbers could stand for the same thing, whatever their values. */
export function comparable(a: Figure, b: Figure): boolean {
  if (a.quantity === b.quantity) return a.unit === b.unit;
  const other = a.quantity === "plain" ? b : b.quantity === "plain" ? a : undefined;
  return other?.quantity === "money";
}

/** "1.9 terawatt-hours" is 1.9e12 Wh. An age is no length of time: "twelve-year-olds" last for nothing. */
function measured(figure: Figure, text: string): Figure {
  const isTime = figure.quantity === "time";
  if (figure.quantity !== "plain" && !isTime) return figure;
  const from = isTime ? figure.start + figure.text.search(/[\s-]years?$/) : figure.end;
  const unit = from < figure.start ? undefined : unitAt(text.slice(from));
  if (!unit || (isTime && unit.kind !== "age")) return figure;
  const end = from + unit.end;
  return {
    ...figure,
    text: text.slice(figure.start, end),
    end,
    value: figure.numeral * unit.factor,
    step: (isTime ? 1 : figure.step) * unit.factor,
    quantity: "measure",
    unit: unit.kind,
  };
}

function mask(text: string, spans: Span[]): string {
  let out = text;
  for (const { start, end } of spans) out = out.slice(0, start) + " ".repeat(end - start) + out.slice(end);
  return out;
}

const SCALES: Record<string, number> = {
  k: 1e3,
  thousand: 1e3,
  m: 1e6,
  mn: 1e6,
  mm: 1e6,
  million: 1e6,
  millions: 1e6,
  b: 1e9,
  bn: 1e9,
  billion: 1e9,
  billions: 1e9,
  t: 1e12,
  tn: 1e12,
  trillion: 1e12,
  trillions: 1e12,
};
const CURRENCIES: Record<string, string> = {
  $: "usd",
  us$: "usd",
  usd: "usd",
  dollar: "usd",
  dollars: "usd",
  "€": "eur",
  eur: "eur",
  euro: "eur",
  euros: "eur",
  "£": "gbp",
  gbp: "gbp",
  pound: "gbp",
  pounds: "gbp",
  "¥": "jpy",
  yen: "jpy",
  jpy: "jpy",
};

const DIGITS = new RegExp(
  String.raw`(?<![\p{L}\d.,_#/])(?<sign>[-−–]?)(?<cur>US\$|[$€£¥])?\s?(?<num>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)` +
    String.raw`(?:(?:[\s-](?<scale>thousand|millions?|billions?|trillions?)|(?<short>k|mn?|mm|bn?|tn?))(?![\p{L}\d]))?` +
    String.raw`(?<unit>\s?%|[\s-]per\s?cent(?:age)?(?:[\s-]points?)?|[\s-]percentage[\s-]points?|[\s-]points?(?![\p{L}])|\s?(?:bps|basis points?)|[\s-](?:seconds?|minutes?|hours?|days?|weeks?|fortnights?|months?|quarters|years?|decades?|centur(?:y|ies))(?![\p{L}])|[\s-](?:US )?(?:dollars?|euros?|pounds|USD|EUR|GBP|yen|JPY)(?![\p{L}]))?` +
    String.raw`(?![\p{L}_\d]|[.,]\d)`,
  "giu",
);

function digitFigures(text: string): Figure[] {
  const figures: Figure[] = [];
  for (const match of text.matchAll(DIGITS)) {
    const groups = match.groups ?? {};
    const digits = (groups.num ?? "").replaceAll(",", "");
    const scale = SCALES[(groups.scale ?? groups.short ?? "").toLowerCase()] ?? 1;
    const start = match.index + (groups.cur || groups.num ? match[0].search(/[\d.$€£¥U]/) : 0);
    const before = text.slice(Math.max(0, match.index - 24), match.index);
    const isNegative = groups.sign !== "" && !/[\p{L}\d]\s?$/u.test(before);
    const value = Number(digits) * scale * (isNegative ? -1 : 1);
    figures.push(
      figure(
        text.slice(start, match.index + match[0].length),
        start,
        value,
        stepOf(digits) * scale,
        groups.unit,
        groups.cur,
        { before, after: text.slice(match.index + match[0].length) },
      ),
    );
  }
  return figures.map((each, i) => inRange(each, figures[i + 1], text));
}

/** In "5-7%" and "from $3 to $19 million" the first number has the unit of the second. */
function inRange(first: Figure, second: Figure | undefined, text: string): Figure {
  if (!second || !/^\s?(?:[-–—]|to|and|or)\s?$/.test(text.slice(first.end, second.end - second.text.length)))
    return first;
  const bare = /^[$€£¥]?\s?(\d+(?:\.\d+)?)$/.exec(first.text)?.[1];
  const digits = /\d[\d,]*(?:\.\d+)?/.exec(second.text)?.[0].replaceAll(",", "");
  if (bare === undefined || digits === undefined) return first;
  if (second.quantity === "plain" && second.value === Number(digits)) return first;
  if (first.quantity !== "plain" && first.quantity !== second.quantity) return first;
  const factor = Number(digits) === 0 ? 1 : second.value / Number(digits);
  const { quantity, unit } = second;
  const base = { ...first, value: Number(bare) * factor, step: stepOf(bare) * factor, quantity };
  return unit === undefined ? base : { ...base, unit };
}

/** Trailing zeros of a whole number may be rounding: 190,000 has a step of 10,000. */
function stepOf(digits: string): number {
  const decimals = digits.split(".")[1];
  if (decimals !== undefined) return 10 ** -decimals.length;
  const zeros = /0+$/.exec(digits)?.[0].length ?? 0;
  return digits.length > 2 ? 10 ** Math.min(zeros, digits.length - 1) : 1;
}

const UNITS =
  "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split(
    " ",
  );
const TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split(" ");
const SMALL = new Map([
  ...UNITS.map((w, i): [string, number] => [w, i]),
  ...TENS.map((w, i): [string, number] => [w, 20 + 10 * i]),
]);
const WORD = `(?:${[...TENS].join("|")})(?:-(?:${UNITS.slice(1, 10).join("|")}))?|${[...UNITS].reverse().join("|")}`;
const WORDS = new RegExp(
  String.raw`(?<![\p{L}-])(?<word>${WORD}|half[\s-]an?(?=[\s-](?:thousand|million|billion|hour|day|year))|an?(?=[\s-](?:hundred|thousand|million|billion|minute|hour|day|week|fortnight|month|year|decade|century)(?![\p{L}])))` +
    String.raw`(?:[\s-](?<hundred>hundred))?(?:[\s-](?<scale>thousand|million|billion|trillion))?` +
    String.raw`(?<unit>[\s-]per\s?cent|[\s-](?:percentage[\s-])?points?|[\s-]basis points?|[\s-](?:seconds?|minutes?|hours?|days?|weeks?|fortnights?|months?|quarters|years?|decades?|centur(?:y|ies))|[\s-](?:dollars|euros|pounds))?(?<and>\sand\sa\shalf(?:\s(?<late>minutes|hours|days|weeks|months|years))?)?(?![\p{L}])`,
  "giu",
);

const LASTING = /\b(?:for|within|after|in|of|about|takes?|took|last(?:s|ed|ing)?|than|over|under|nearly|almost)\s+$/i;

function wordFigures(text: string): Figure[] {
  const figures: Figure[] = [];
  for (const match of text.matchAll(WORDS)) {
    const { word = "", hundred, scale, and, late } = match.groups ?? {};
    const unit = match.groups?.unit ?? (late && ` ${late}`);
    const parts = word.toLowerCase().split("-");
    const before = text.slice(Math.max(0, match.index - 24), match.index);
    // "one" and "a" alone are pronoun and article; "zero" alone is a way to say "no".
    if (!hundred && !scale && !unit && (parts[0] === "one" || parts[0] === "zero")) continue;
    // "4.6% a year" is a rate, "for a year" a length of time.
    const after = text.slice(match.index + match[0].length);
    const isArticle = /^an?$/i.test(word) && !scale && !hundred;
    if (isArticle && !LASTING.test(before) && !/^\s(?:later|earlier|afterwards|longer|ago)\b/i.test(after)) continue;
    const isHalf = /^half/i.test(word);
    const small = isHalf ? 0.5 : parts.reduce((sum, part) => sum + (SMALL.get(part) ?? 1), and ? 0.5 : 0);
    const factor = (hundred ? 100 : 1) * (SCALES[(scale ?? "").toLowerCase()] ?? 1);
    const step = and || isHalf ? factor / 2 : factor;
    figures.push(figure(match[0], match.index, small * factor, step, unit, undefined, { before, after }));
  }
  return figures;
}

function figure(
  text: string,
  start: number,
  value: number,
  step: number,
  unit: string | undefined,
  sign: string | undefined,
  around: { before: string; after: string },
): Figure {
  const base = {
    text: text.trim(),
    start,
    end: start + text.length,
    value,
    numeral: value,
    step,
    bound: boundOf(around.before, around.after),
  };
  const word = (unit ?? "").trim().toLowerCase().replace(/^-/, "");
  if (/^(?:bps|basis)/.test(word)) return { ...base, value: value / 100, step: step / 100, quantity: "percent" };
  if (/^(?:%|per|points?)/.test(word)) return { ...base, quantity: "percent" };
  const seconds = SECONDS[word.replace(/ies$/, "y").replace(/s$/, "")];
  if (seconds !== undefined) return { ...base, value: value * seconds, step: step * seconds, quantity: "time" };
  const currency = CURRENCIES[(sign ?? word.replace(/^us /, "")).toLowerCase()];
  if (currency !== undefined) return { ...base, quantity: "money", unit: currency };
  return { ...base, quantity: "plain" };
}
