import type { Claim } from "./claim.js";
import type { Corpus } from "./corpus.js";
import { type DateMention, sameDate } from "./dates.js";
import { type Finding, failed, passed } from "./finding.js";
import { agrees, comparable, type Figure } from "./numbers.js";
import type { Span } from "./sentences.js";
import { neighbours, type Passage, type PreparedSource } from "./source.js";
import { coverageOf, promising } from "./window.js";
import type { Word } from "./words.js";
import { workedOut } from "./worked-out.js";

/** The right number in the wrong place is a wrong number: its surroundings must fit nearly as well as any other's. */
const NEARLY_AS_CLOSE = 0.75;
/** Within one sentence, or two in a row, the words around two numbers are almost the same, and say little of which is which. */
const NEARLY_AS_CLOSE_BESIDE = 0.55;
/** Nobody writes 1,842 for another number by chance: where the source has it to the last digit, it only must not stand with something else. */
const NEARLY_AS_CLOSE_EXACT = 0.4;
const NEARLY_AS_CLOSE_DATE = 0.6;
/** The year that a claim names stands so much farther from what it says than another one does. */
const FAR_FROM_IT = 0.4;
/** What it counts for that a passage has another number or date of the claim, and for how many of them. */
const COMPANY = 0.15;
const MOST_COMPANY = 2;
/** Surroundings that fit this well speak of the same thing, so that another number there contradicts. */
const SAME_THING = 0.4;
/** A passage with so much of the claim's wording says what the claim says. */
const SAYS_IT = 0.6;
/** Words on each side of a number that say what it counts. */
const SIDE = 7;

/** Looks for a claim's number in a source, and adds the passage it is found in to `rests`. */
export function judgeFigure(
  figure: Figure,
  claim: Claim,
  source: PreparedSource,
  corpus: Corpus,
  rests: Set<Passage>,
): Finding {
  const others = claim.figures.filter((other) => other !== figure);
  const here = closest(figure, claim, source, corpus, (p) => p.figures.filter((f) => agrees(figure, f)));
  const rival = closest(figure, claim, source, corpus, (p) =>
    p.figures.filter(
      (f) => isRival(figure, f) && !isOfThings(figure, f, p) && !others.some((other) => agrees(other, f)),
    ),
  );
  const isWhereItIsSaid = here !== undefined && rests.has(here.passage) && !(rival && rests.has(rival.passage));
  const needed =
    here && (isWhereItIsSaid || areTogether(here.passage, rival?.passage)) ? NEARLY_AS_CLOSE_BESIDE : NEARLY_AS_CLOSE;
  const enough = here && isExact(figure, here.mention) ? Math.min(needed, NEARLY_AS_CLOSE_EXACT) : needed;
  if (here && here.score >= enough * (rival?.score ?? 0) && !isOfOthers(figure, here.passage, rests)) {
    rests.add(here.passage);
    return passed("number", figure.text);
  }
  const isAligned = rival !== undefined && rival.score >= SAME_THING;
  const within = workedOut(figure, {
    claim,
    source,
    corpus,
    rests,
    rival: isAligned ? rival : undefined,
    isCounted: isAligned && isCounted(figure, claim, rival),
  });
  if (within) return { ...passed("number", figure.text), detail: within };
  if (isNamed(figure, claim, source) || isYear(figure, source) || isRate(figure, claim, rests)) {
    return passed("number", figure.text);
  }
  const noun = wordAfter(figure, claim);
  if (
    isSmallWord(figure) &&
    !isPart(figure, claim) &&
    (!rival || noun === undefined || wordAfter(rival.mention, rival.passage) !== noun)
  ) {
    return { ...passed("number", figure.text), detail: `“${figure.text}” counts what the text shows.` };
  }
  if (isAligned) {
    rests.add(rival.passage);
    return failed(
      "number",
      figure.text,
      true,
      `The source does not say ${figure.text} here but ${rival.mention.text}.`,
    );
  }
  return failed("number", figure.text, false, `The source does not say ${figure.text}${here ? " about this" : ""}.`);
}

/** To its last digit, of four or more that are no zeros at the end. */
function isExact(own: Figure, other: Figure): boolean {
  return own.value === other.value && String(own.value).replace(/\D/g, "").replace(/0+$/, "").length >= 4;
}

/** "One in six of the packages": where the source counts what the claim counts, no other numbers come to it. */
function isCounted(figure: Figure, claim: Claim, { mention, passage, score }: Placed<Figure>): boolean {
  const noun = wordAfter(figure, claim);
  return (
    score >= SAYS_IT &&
    figure.isFraction === true &&
    mention.isFraction === true &&
    noun !== undefined &&
    noun === wordAfter(mention, passage)
  );
}

/** "40 metres in a day": what the source has of each day, and not how long it took. */
function isRate(figure: Figure, { text }: Claim, rests: Set<Passage>): boolean {
  const unit = /^an?[\s-](?<unit>\p{Ll}+)$/iu.exec(figure.text)?.groups?.unit;
  if (unit === undefined || !/\bin\s+$/i.test(text.slice(0, figure.start))) return false;
  const each = new RegExp(`\\b(?:an?|per|each|every)\\s${unit}\\b`, "i");
  return [...rests].some((passage) => each.test(passage.text));
}

/** "214 steps" are no sum of money: a word that is counted stands behind the number. */
function isOfThings(own: Figure, other: Figure, { text }: Passage): boolean {
  if (own.quantity !== "money" || other.quantity !== "plain" || other.isCell) return false;
  return /^\s\p{Ll}{3,}/u.test(text.slice(other.end));
}

/** Numbers so far apart count different things: nobody takes six minutes for 64 years. */
const FARTHEST = 20;
const FARTHEST_IN_WORDS = 10;

function isRival(own: Figure, other: Figure): boolean {
  if (other.isOffset || !comparable(own, other) || agrees(own, other)) return false;
  if (own.quantity !== "time" && !isSmallWord(other) && !isSmallWord(own)) return true;
  const farthest = own.quantity === "time" ? FARTHEST : FARTHEST_IN_WORDS;
  return own.value <= farthest * other.value && other.value <= farthest * own.value;
}

/** "About half" stands in many a text, of many a thing: where two counts speak of the claim, their share is what counts. */
function isOfOthers(figure: Figure, passage: Passage, rests: Set<Passage>): boolean {
  if (figure.isFraction !== true || [...rests].some((p) => areTogether(p, passage))) return false;
  const counts = [...rests].flatMap((p) => p.figures).filter((each) => each.quantity === "plain");
  return counts.length > 1;
}

function areTogether(a: Passage, b: Passage | undefined): boolean {
  return b !== undefined && a.section === b.section && Math.abs(a.index - b.index) <= 1;
}

/** Looks for a claim's date in a source; a year may stand anywhere, and so may the date of the document itself. */
export function judgeDate(
  date: DateMention,
  claim: Claim,
  source: PreparedSource,
  corpus: Corpus,
  rests: Set<Passage>,
): Finding {
  const here = closest(date, claim, source, corpus, (p) => p.dates.filter((d) => sameDate(date, d)));
  const others = claim.dates.filter((other) => other !== date);
  const rival = closest(date, claim, source, corpus, (p) =>
    p.dates.filter((d) => !sameDate(date, d) && !others.some((other) => sameDate(other, d))),
  );
  const { month, quarter, months } = date;
  const isYear = month === undefined && quarter === undefined && months === undefined && date.year !== undefined;
  const isOwn = source.ownDates.some((d) => sameDate(date, d));
  if (isOwn) return passed("date", date.text);
  if (isYear && here) {
    const isFar = rival !== undefined && rests.has(rival.passage) && here.score < FAR_FROM_IT * rival.score;
    const other = otherYear(claim, rests, corpus) ?? (isFar && rival.mention.year ? rival.mention : undefined);
    if (!other) return passed("date", date.text);
    return failed("date", date.text, true, `The source does not say this of ${date.text} but of ${other.text}.`);
  }
  const isOnIt = here !== undefined && rests.has(here.passage) && !(rival && rests.has(rival.passage));
  if (here && (isOnIt || here.score >= NEARLY_AS_CLOSE_DATE * (rival?.score ?? 0))) {
    rests.add(here.passage);
    return passed("date", date.text);
  }
  if (rival && rival.score >= SAME_THING) {
    return failed("date", date.text, true, `The source does not say ${date.text} here but ${rival.mention.text}.`);
  }
  return failed("date", date.text, false, `The source does not say ${date.text}${here ? " about this" : ""}.`);
}

/** The passages that have the claim's numbers, or its wording, may each say of which year they are; undefined unless all name another. */
function otherYear(claim: Claim, rests: Set<Passage>, corpus: Corpus): DateMention | undefined {
  const holding = [...rests].filter((p) =>
    claim.figures.length > 0
      ? p.figures.some((f) => claim.figures.some((own) => agrees(own, f)))
      : coverageOf(claim.keys, [p], corpus) >= SAYS_IT,
  );
  const years = holding.map((p) => p.dates.filter((d) => d.year !== undefined));
  const isOther =
    years.length > 0 &&
    years.every((of) => of.length > 0 && !of.some((d) => claim.dates.some((own) => sameDate(own, d))));
  return isOther ? years[0]?.[0] : undefined;
}

/** "Line 9", "stage 1": the number is a part of a name that the source has too. */
function isNamed(figure: Figure, claim: Claim, source: PreparedSource): boolean {
  if (figure.quantity !== "plain") return false;
  const before = claim.words.findLast((word) => word.end <= figure.start);
  if (!before || before.isStop) return false;
  const name = `${before.text} ${figure.text}`.toLowerCase();
  return ` ${source.folded.text} ${source.source.title.toLowerCase()} `.includes(` ${name} `);
}

/** "The clock of 1791 carries ...": four digits that the source has as a year. */
function isYear({ quantity, text, value }: Figure, { passages }: PreparedSource): boolean {
  return (
    quantity === "plain" && /^1[5-8]\d\d$/.test(text) && passages.some((p) => p.dates.some((d) => d.year === value))
  );
}

/** "Both", "the two groups": small numbers in words are often the writer's own count. */
function isSmallWord(figure: Figure): boolean {
  return figure.quantity === "plain" && /^[a-z]+$/i.test(figure.text) && figure.value <= 12;
}

/** "Five of the seven": a count out of another that is said is no count of the writer's own. */
function isPart(figure: Figure, { text, figures }: Claim): boolean {
  const all = figures.find((other) => other.start > figure.end);
  return (
    all !== undefined && /^\s+(?:out )?of (?:the |its |their |his |her |all )?$/.test(text.slice(figure.end, all.start))
  );
}

function wordAfter(span: Span, { words }: { words: Word[] }): string | undefined {
  return words.find((word) => word.start >= span.end && !word.isStop)?.key;
}

interface Placed<M> {
  passage: Passage;
  mention: M;
  /** How well the surroundings fit the claim's: 0 to 1, and more with company. */
  score: number;
}

function closest<M extends Span>(
  fact: Figure | DateMention,
  claim: Claim,
  source: PreparedSource,
  corpus: Corpus,
  mentions: (passage: Passage) => M[],
): Placed<M> | undefined {
  const near = claim.around(fact);
  const found = new Map<number, M[]>();
  for (const passage of source.passages) {
    const here = mentions(passage);
    if (here.length > 0) found.set(passage.index, here);
  }
  let best: Placed<M> | undefined;
  for (const place of promising(new Set([...near, ...claim.keys]), found.keys(), source, corpus)) {
    const passage = source.passages[place];
    if (!passage) continue;
    const before = isBare(passage) ? source.passages[place - 1] : undefined;
    const given = before?.section === passage.section ? before.keys : NOTHING;
    const inside = coverageOf(near, [passage, { keys: given, context: NOTHING }], corpus);
    const around = coverageOf(near, [passage, ...neighbours(passage, source)], corpus);
    const company = Math.min(MOST_COMPANY, companyOf(fact, claim, passage));
    for (const mention of found.get(place) ?? []) {
      const words = { keys: keysBeside(mention, passage), context: passage.context };
      // In an enumeration what is counted stands at its beginning, far from most of the numbers.
      const beside =
        company === MOST_COMPANY ? inside : coverageOf(near, [words, { keys: given, context: NOTHING }], corpus);
      const score = 0.35 * inside + 0.15 * around + 0.5 * beside + COMPANY * company;
      if (!best || score > best.score) best = { passage, mention, score };
    }
  }
  return best;
}

const NOTHING: ReadonlySet<string> = new Set();
/** Content words of a sentence that says hardly more than a pronoun and a number. */
const FEW = 4;

/** "In 2023 it was 15 percent": of what, the sentence before says. */
function isBare({ keys, text }: Passage): boolean {
  return keys.size <= FEW && /\b(?:it|they|this|these|that|those|she|he)\b/i.test(text);
}

/** How many other numbers and dates of the claim a passage has. */
function companyOf(fact: Figure | DateMention, claim: Claim, passage: Passage): number {
  const figures = claim.figures.filter((other) => other !== fact && passage.figures.some((f) => agrees(other, f)));
  const dates = claim.dates.filter((other) => other !== fact && passage.dates.some((d) => sameDate(other, d)));
  return figures.length + dates.length;
}

function keysBeside(span: Span, { words }: Passage): Set<string> {
  const first = words.findIndex((word) => word.end > span.start);
  const after = words.findIndex((word) => word.start >= span.end);
  const from = Math.max(0, (first < 0 ? words.length : first) - SIDE);
  const to = (after < 0 ? words.length : after) + SIDE;
  return new Set(
    words
      .slice(from, to)
      .filter((word) => !word.isStop)
      .map((word) => word.key),
  );
}
