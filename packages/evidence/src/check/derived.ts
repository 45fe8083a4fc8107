import type { Figure } from "./numbers.js";

/** The words by which a sentence says that it computes. Without them two numbers can make almost any third. */
const DIFFERENCE =
  /\b(?:differ\w*|gap|spread|margin|more|less|fewer|higher|lower|above|below|over|under|shortfall|discount|premium|narrow\w*|wid\w+|apart|sav(?:e[sd]?|ing)|faster|slower|longer|shorter|short|quicker|earlier|later|ahead|behind|exceed\w*|beat\w*|remain\w*|rest|others?|still|extra|off|lengthen\w*|extend\w*|prolong\w*|shorten\w*|better|worse|ago|since|on balance|net|loss|profit|gain)\b/i;
const SUM =
  /\b(?:combined|together|total|totals|totalling|sum|in all|altogether|overall|both|between them|includ(?:es|ed|ing)|counting|plus|added|adding|on top)\b/i;
const CHANGE =
  /\b(?:increas\w*|decreas\w*|ris\w+|rose|grew|grow\w*|fell|fall\w*|drop\w*|declin\w+|shr[aiu]nk|jump\w*|climb\w*|up|down|cuts?|cutting|reduc\w*|lost|los\w+|gained|lower\w*|rais\w+|improv\w+|slip\w*|slump\w*|surg\w+|again|sav(?:e[sd]?|ing))\b/i;
const SHARE = /\b(?:share|of|proportion|utili[sz]ation|ratio|makes? up|accounts? for|in)\b/i;
const RATIO = /\b(?:times|fold|double\w*|tripled?|twice|ratio)\b/i;
/** What some did not do the others did. */
const REMAINDER =
  /\b(?:not|no|never|none|without|fail\w*|rest|remain\w*|others?|lack\w*|still|yet|miss\w*|left|except|un\p{Ll}+ed)\b|n['’]t\b/iu;
/** "A third less" than the whole is two thirds of it. */
const OFF = /^\s+(?:less|fewer|lower|cheaper|smaller|shorter|off|below)\b/i;
/** "A third dearer", "a quarter more". */
const COMPARATIVE = /^\s+(?:more|less|\p{Ll}{3,}er)\b/iu;
/** "Fell by half" is not "fell to half". */
const BY =
  /\bby\s+(?:about|around|roughly|nearly|almost|over|under|more than|less than|just over|just under|at least|some|well over|\s)*$/i;
/** In these words a writer gives what a share comes to. */
const PART = /\b(?:of|paid|pays|put in|gave|contributed|funded|covered|met|worth|came to|some|roughly|about)\b/i;

/**
 * Whether a number can be computed from two of the passages' numbers, and how, in a sentence: a difference, a sum, a change or
 * a share in percent and what it comes to, the share that is left, a ratio.
 */
export function derived(claim: Figure, text: string, figures: Figure[]): string | undefined {
  const isBy = BY.test(text.slice(0, claim.start));
  for (const first of figures) {
    for (const second of figures) {
      if (first === second) continue;
      const [a, b] = inOneUnit(first, second);
      const kind = relation(claim, text, a, b, isBy);
      if (kind) return `${claim.text} is the ${kind} of ${first.text} and ${second.text}.`;
    }
  }
  const isLeft = REMAINDER.test(text) || OFF.test(text.slice(claim.end));
  const whole = isLeft
    ? figures.find(
        (each) => claim.quantity === "percent" && each.quantity === "percent" && fits(claim, 100 - each.value),
      )
    : undefined;
  return whole && `${claim.text} is what ${whole.text} leave.`;
}

/** "34 minutes, compared with 51": the unit is said once, of the number before. */
function inOneUnit(a: Figure, b: Figure): [Figure, Figure] {
  if (a.quantity !== "plain" && b.quantity === "plain" && isBehind(b, a)) return [a, withUnitOf(b, a)];
  if (b.quantity !== "plain" && a.quantity === "plain" && isBehind(a, b)) return [withUnitOf(a, b), b];
  return [a, b];
}

/** Characters from a number with a unit to one that has the same without saying so. */
const SAME_UNIT = 60;

function isBehind(plain: Figure, other: Figure): boolean {
  return plain.start >= other.end && plain.start - other.end <= SAME_UNIT;
}

function withUnitOf(plain: Figure, other: Figure): Figure {
  if (other.isFraction || other.numeral === 0 || plain.numeral >= 1000 * other.numeral) return plain;
  const factor = other.value / other.numeral;
  const { quantity, unit } = other;
  const base = { ...plain, value: plain.value * factor, step: plain.step * factor, quantity };
  return unit === undefined ? base : { ...base, unit };
}

function relation(claim: Figure, text: string, a: Figure, b: Figure, isBy: boolean): string | undefined {
  const is = (value: number): boolean => value > 0 && fits(claim, value);
  const isLike = (one: Figure): boolean => one.quantity === claim.quantity && one.unit === claim.unit;
  if (a.quantity === "percent" && isLike(b) && PART.test(text) && claim.quantity !== "percent") {
    if (is((a.value * b.value) / 100)) return "product";
  }
  // "22,500 customers at 30 euros each", "190,000 dollars a year for three years".
  const isTimes = a.quantity === "plain" || a.quantity === "time";
  if (isTimes && b.quantity !== "plain" && b.quantity !== "percent" && isLike(b) && isPrecise(claim)) {
    if (a.numeral > 1 && is(a.numeral * b.value)) return "product";
  }
  if (a.quantity !== b.quantity || a.unit !== b.unit) return undefined;
  const isAlike = isLike(a);
  if (isAlike && (isBy || DIFFERENCE.test(text) || CHANGE.test(text)) && is(a.value - b.value)) return "difference";
  if (isAlike && claim.quantity === "plain" && REMAINDER.test(text) && is(a.value - b.value)) return "remainder";
  if (isAlike && SUM.test(text) && is(a.value + b.value)) return "sum";
  if (b.value === 0) return undefined;
  const share = (100 * a.value) / b.value;
  const isChange = CHANGE.test(text) || COMPARATIVE.test(text.slice(claim.end));
  const isShare = claim.quantity === "percent" && (a.quantity !== "percent" || claim.isFraction === true);
  if (isShare && isChange && is(Math.abs(share - 100))) return "change";
  if (isShare && !isBy && (SHARE.test(text) || claim.isFraction) && share < 100 && is(share)) return "share";
  if (isShare && REMAINDER.test(text) && share < 100 && is(100 - share)) return "remainder";
  if (claim.quantity === "plain" && RATIO.test(text) && is(a.value / b.value)) return "ratio";
  return undefined;
}

/** Two numbers make a product of two digits by chance as well. */
function isPrecise({ value, step }: Figure): boolean {
  return Math.abs(value) >= 10 * step && Math.abs(value) >= 100;
}

/** "More than half" is said of 50.4 % and of 60 %. */
function fits(claim: Figure, value: number): boolean {
  if (claim.bound === "over") return value > claim.value && value <= claim.value * (claim.isFraction ? 1.3 : 1.25);
  if (claim.bound === "under") return value < claim.value && value >= claim.value * (claim.isFraction ? 0.7 : 0.8);
  return Math.abs(value - claim.value) <= tolerance(claim);
}

function tolerance(claim: Figure): number {
  if (claim.isFraction) return claim.bound === "about" ? claim.step : claim.step / 2;
  return claim.bound === "exact" ? claim.step / 2 + 1e-9 : Math.max(claim.step / 2, 0.05 * Math.abs(claim.value));
}
