import { DAY } from "./durations.js";
import type { Figure } from "./figure.js";
import { agrees } from "./numbers.js";
import { areOpposite } from "./opposites.js";
import type { Passage } from "./source.js";
import { type Word, wordsOf } from "./words.js";

/** In percent. */
const HALF = 50;
/** What is counted two at a time. */
const TWOS = /^\s+(?:breeding |nesting )?(?:pairs?|couples)\b/i;
/** "34 florins for an adult, and half of that for children". */
const OF_THAT = /^\s+(?:of (?:that|this|it)|(?:the |that )?(?:price|fare|rate|amount|sum)|as much)\b/i;
/** "5,200 calls, four times as many as on a normal day". */
const TIMES = /^\s+times (?:as (?:many|much|high|large|long)|more|the)\b/i;
/** "Seven signed at once, three more before dawn". */
const MORE = /^\s+(?:more|others|further)\b(?!\s+than)/i;
const HALVED = /\b(?:halved|halving|by half)\b/i;
const WEEKDAY = /\b(?:mon|tues|wednes|thurs|fri|satur|sun)days?\b/gi;
const LIST = /^(?:\s*,\s*(?:and\s+|or\s+)?|\s+(?:and|or)\s+)(?:on\s+)?$/i;
/** "A further 26 stations", "will add 26 stations". */
const ADDED = /\b(?:add(?:s|ed|ing)?|further|another|additional|extra|new|more)\s+(?:a\s+|about\s+|some\s+)?$/i;
/** Words behind a number in which what it counts stands. */
const NOUN = 2;

/**
 * Whether a number is what the words of a passage come to, and how, in a sentence: "5,600 pairs" are 11,200 birds, "half of that" is half of the
 * number before, "on Tuesdays and Fridays" is on two days.
 */
export function implied(claim: Figure, passage: Passage): string | undefined {
  const { text, figures } = passage;
  for (const [i, figure] of figures.entries()) {
    const after = text.slice(figure.end);
    if (figure.quantity === "plain" && TWOS.test(after) && isWorth(claim, figure, 2))
      return `${claim.text} is twice ${figure.text}.`;
    const first = figures[i - 1];
    if (first?.quantity === figure.quantity && MORE.test(after) && isSum(claim, first, figure))
      return `${claim.text} is ${first.text} and ${figure.text}.`;
    const many = figures.slice(0, i).findLast((each) => each.quantity !== "percent");
    if (
      figure.quantity === "plain" &&
      figure.value > 1 &&
      many &&
      TIMES.test(after) &&
      isWorth(claim, many, 1 / figure.value)
    )
      return `${claim.text} is what ${many.text} is ${figure.text} times of.`;
    const whole = figures.slice(0, i).findLast((each) => each.quantity !== "percent");
    if (figure.isFraction && whole && OF_THAT.test(after) && isWorth(claim, whole, figure.numeral))
      return `${claim.text} is ${figure.text} of ${whole.text}.`;
  }
  if (claim.isFraction && claim.value === HALF && HALVED.test(text)) return "The source says that it was halved.";
  const days = weekdaysOf(text);
  return claim.quantity === "time" && days > 1 && claim.value === days * DAY
    ? `${claim.text} are named in the source.`
    : undefined;
}

/**
 * Whether a share is what another one leaves, of those who are the opposite: 31 per cent women, 69 per cent men; then how, in a sentence.
 * @param words the claim's
 */
export function others(claim: Figure, words: readonly Word[], passage: Passage): string | undefined {
  if (claim.quantity !== "percent") return undefined;
  const figure = passage.figures.find(
    (each) => each.quantity === "percent" && agrees(claim, { ...each, value: 100 - each.value }),
  );
  const isOpposite = figure && words.some((own) => passage.words.some((word) => areOpposite(own, word)));
  return isOpposite ? `${claim.text} is what ${figure.text} leave.` : undefined;
}

/**
 * Whether a number is what a source has and what is added to it, of the same things: 164 stations and a further 26; then how, in a sentence.
 * @param text the claim's
 */
export function added(claim: Figure, text: string, passage: Passage, all: readonly Passage[]): string | undefined {
  const what = nounsAfter(claim, wordsOf(text));
  const isOfThose = (figure: Figure, { words }: Passage): boolean =>
    figure.quantity === claim.quantity && nounsAfter(figure, words).some((key) => what.includes(key));
  const more = passage.figures.find(
    (figure) => ADDED.test(passage.text.slice(0, figure.start)) && isOfThose(figure, passage),
  );
  if (!more) return undefined;
  for (const other of all) {
    const before = other.figures.find(
      (figure) => isOfThose(figure, other) && agrees(claim, { ...figure, value: figure.value + more.value }),
    );
    if (before) return `${claim.text} is ${before.text} and ${more.text}.`;
  }
  return undefined;
}

function isWorth(claim: Figure, figure: Figure, times: number): boolean {
  return agrees(claim, {
    ...figure,
    value: times * figure.value,
    numeral: times * figure.numeral,
    step: times * figure.step,
  });
}

function isSum(claim: Figure, a: Figure, b: Figure): boolean {
  return agrees(claim, { ...b, value: a.value + b.value, numeral: a.numeral + b.numeral });
}

function nounsAfter({ end }: Figure, words: readonly Word[]): string[] {
  const after = words.filter(({ start, isStop }) => start >= end && !isStop);
  return after.slice(0, NOUN).map(({ key }) => key);
}

/** The days of the week in the longest enumeration of a text. */
function weekdaysOf(text: string): number {
  let longest = 0;
  let run = 0;
  let end = -1;
  for (const match of text.matchAll(WEEKDAY)) {
    run = end >= 0 && LIST.test(text.slice(end, match.index)) ? run + 1 : 1;
    end = match.index + match[0].length;
    longest = Math.max(longest, run);
  }
  return longest;
}
