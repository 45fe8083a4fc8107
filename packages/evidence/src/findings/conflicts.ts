import { type DateMention, sameDate } from "../check/dates.js";
import { agrees, comparable } from "../check/numbers.js";
import { conflict as denial } from "../check/polarity.js";
import type { FindingSource } from "./claim.js";
import { type Measure, type Statement, shared } from "./statement.js";
import { kindOf, timeOf, WEIGHTS } from "./weight.js";

/** Two claims of different sources that cannot both be so, as far as their words say. */
export interface Conflict {
  /** Ids of claims. */
  readonly first: string;
  readonly second: string;
  readonly kind: "number" | "date" | "polarity";
  /** What stands against what: `4.6% against 3.9%`. */
  readonly detail: string;
  /** What explains it, or `open`: a reader has to be shown both. */
  readonly settled: "time" | "scope" | "source" | "newer" | "open";
  /** In a sentence. */
  readonly reason: string;
  /** The claim that is to be believed rather; absent where both may hold or nothing decides. */
  readonly prefer?: string;
}

/** Names, and other words, that two statements must share to be about the same thing. */
const SAME_NAMES = 0.34;
const SAME_WORDS = 0.34;
const SAME_WORDS_ALONE = 0.5;
/** For what is denied, or happened on another day, the words must be closer: much can be denied of one thing. */
const SAME_MATTER = 0.5;
/** Figures that differ by less are the same one rounded; by more, they are of different things. */
const LEAST_RATIO = 1.02;
const MOST_RATIO = 20;
const CONTRAST = /\b(?:below|above|lower|higher|less|more|against|instead|whereas|while|unlike|but|although|not)\b/i;
/** Those that may stand before both. */
const OPENING_CONTRAST = /\b(?:against|instead|whereas|while|unlike|although|not)\b/i;
/** Two figures of one thing at two times are a development, not a dispute. */
const CHANGE = /\bfrom\b[^.]*\bto\b/i;
/** Words that say what exactly was measured. */
const SCOPES = [
  ["gross", "net"],
  ["mean", "average", "median"],
  ["minimum", "maximum", "peak"],
  ["annual", "annually", "yearly", "monthly", "weekly", "daily"],
  ["nominal", "real"],
  ["total", "per"],
  ["fixed", "variable"],
].map((words) => words.map((word) => new RegExp(`\\b${word}\\b`, "i")));
/** A source that weighs so much more, or that is so much newer, decides. */
const DECISIVE_WEIGHT = 2;
const DECISIVE_MS = 180 * 86_400_000;

/**
 * Finds claims of different sources on the same subject whose numbers, dates or polarity differ, and settles what can be settled. It compares words,
 * not meaning: what it finds are places for a reader to look at.
 */
export function findConflicts(
  statements: readonly Statement[],
  sources: ReadonlyMap<string, FindingSource>,
): Conflict[] {
  const found: Conflict[] = [];
  for (const [index, a] of statements.entries()) {
    for (const b of statements.slice(index + 1)) {
      if ([...a.sources].some((id) => b.sources.has(id))) continue;
      const difference = differenceOf(a, b);
      if (difference === undefined) continue;
      found.push({ first: a.claim.id, second: b.claim.id, ...difference, ...settle(a, b, difference.kind, sources) });
    }
  }
  return found;
}

function differenceOf(a: Statement, b: Statement): Pick<Conflict, "kind" | "detail"> | undefined {
  const words = shared(a.keys, b.keys);
  const names = shared(a.names, b.names);
  const haveNames = a.names.size > 0 && b.names.size > 0;
  const numbers = shared(a.about, b.about) > 0 ? (disputed(a, b) ?? disputed(b, a)) : undefined;
  if (numbers !== undefined) return numberConflict(numbers);
  if (haveNames ? names < SAME_NAMES || words < SAME_WORDS : words < SAME_WORDS_ALONE) return undefined;
  const pair = differingFigures(a, b);
  if (pair !== undefined) return numberConflict(pair);
  if (words < SAME_MATTER || a.figures.length + b.figures.length > 0) return undefined;
  const [day, otherDay] = [a.dates[0], b.dates[0]];
  if (day !== undefined && otherDay !== undefined && a.dates.length + b.dates.length === 2) {
    if (!sameDate(day, otherDay) && !sameDate(otherDay, day) && granularity(day) === granularity(otherDay)) {
      return { kind: "date", detail: `${day.text} against ${otherDay.text}` };
    }
  }
  const why = denial(sideOf(a), [sideOf(b)])?.why ?? denial(sideOf(b), [sideOf(a)])?.why;
  if (why === undefined) return undefined;
  const detail = /points/.test(why) ? "they point opposite ways" : "one says what the other denies";
  return { kind: "polarity", detail };
}

function sideOf({ text, words, keys, names }: Statement) {
  return { text, words, keys: new Set([...keys, ...names]) };
}

function granularity({ year, quarter, month, day }: DateMention): string {
  return [year, quarter, month, day].map((part) => (part === undefined ? "-" : "x")).join("");
}

function numberConflict([a, b]: readonly [Measure, Measure]): Pick<Conflict, "kind" | "detail"> {
  return { kind: "number", detail: `${a.text} against ${b.text}` };
}

/** The figure of `b` that `a` names itself and sets its own against, as in "3.9%, well below the 4.6% that was reported". */
function disputed(a: Statement, b: Statement): readonly [Measure, Measure] | undefined {
  if (!CONTRAST.test(a.text) || CHANGE.test(a.text)) return undefined;
  for (const theirs of b.figures) {
    const named = a.figures.find((figure) => isComparable(figure, theirs) && figure.value === theirs.value);
    if (named === undefined) continue;
    const own = a.figures.find(
      (figure) => figure !== named && isComparable(figure, theirs) && isFar(figure, theirs) && isSet(a, figure, named),
    );
    if (own !== undefined && !b.figures.some((figure) => agree(figure, own))) return [own, theirs];
  }
  return undefined;
}

/** Whether the words set one figure against another: a word of contrast stands before the later of the two, and no third figure or clause between. */
function isSet({ text, figures }: Statement, one: Measure, other: Measure): boolean {
  const [first, last] = one.start < other.start ? [one, other] : [other, one];
  if (figures.some(({ start }) => start > first.start && start < last.start)) return false;
  const between = text.slice(first.end, last.start);
  if (/;/.test(between)) return false;
  const earlier = text.slice(0, first.start).split(/[;:]/).at(-1) ?? "";
  return (
    CONTRAST.test(between) || (OPENING_CONTRAST.test(earlier) && !figures.some(({ start }) => start < first.start))
  );
}

/** A figure of each that the other has not, of the same unit and size. */
function differingFigures(a: Statement, b: Statement): readonly [Measure, Measure] | undefined {
  const own = (side: Statement, other: Statement): Measure[] =>
    side.figures.filter((figure) => !other.figures.some((theirs) => agree(figure, theirs)));
  // One of them has a figure of the other: they agree on what they are both about.
  if (own(a, b).length < a.figures.length || own(b, a).length < b.figures.length) return undefined;
  for (const mine of a.figures) {
    const theirs = b.figures.find((figure) => isComparable(mine, figure) && isFar(mine, figure));
    if (theirs !== undefined) return [mine, theirs];
  }
  return undefined;
}

function agree(a: Measure, b: Measure): boolean {
  return isComparable(a, b) && (agrees(a, b) || agrees(b, a));
}

function isComparable(a: Measure, b: Measure): boolean {
  if (!comparable(a, b)) return false;
  // A number that counts nothing that is said is the number of anything.
  return a.quantity !== "plain" || (a.counts !== "" && a.counts === b.counts);
}

function isFar(a: Measure, b: Measure): boolean {
  const [x, y] = [Math.abs(a.value), Math.abs(b.value)];
  const ratio = Math.max(x, y) / Math.max(Math.min(x, y), 1e-9);
  return ratio >= LEAST_RATIO && ratio <= MOST_RATIO;
}

function settle(
  a: Statement,
  b: Statement,
  kind: Conflict["kind"],
  sources: ReadonlyMap<string, FindingSource>,
): Pick<Conflict, "settled" | "reason" | "prefer"> {
  const times = [a, b].map(({ dates }) => dates.find(({ year }) => year !== undefined));
  const [at, otherAt] = times;
  // Where the times are what differs, they explain nothing.
  if (
    kind !== "date" &&
    at !== undefined &&
    otherAt !== undefined &&
    !sameDate(at, otherAt) &&
    !sameDate(otherAt, at)
  ) {
    return { settled: "time", reason: `They speak of different times (${at.text}, ${otherAt.text}); both may hold.` };
  }
  for (const words of SCOPES) {
    const [own, theirs] = [a, b].map(({ text }) => words.find((word) => word.test(text)));
    if (own !== undefined && theirs !== undefined && own !== theirs) {
      return { settled: "scope", reason: "They measure different things; both may hold." };
    }
  }
  const isFirst = weigh(a, sources) >= weigh(b, sources);
  const [heavy, light] = isFirst ? [a, b] : [b, a];
  if (weigh(heavy, sources) >= DECISIVE_WEIGHT * weigh(light, sources)) {
    const what = [...heavy.sources]
      .flatMap((id) => sources.get(id) ?? [])
      .map(kindOf)[0]
      ?.replaceAll("_", " ");
    return { settled: "source", reason: `${heavy.claim.id} has the better source (${what}).`, prefer: heavy.claim.id };
  }
  const [day, otherDay] = [newest(a, sources), newest(b, sources)];
  if (day !== undefined && otherDay !== undefined && Math.abs(day - otherDay) >= DECISIVE_MS) {
    const newer = day > otherDay ? a : b;
    return { settled: "newer", reason: `${newer.claim.id} has the newer source.`, prefer: newer.claim.id };
  }
  return { settled: "open", reason: "Nothing in the sources decides it; show both." };
}

/** What the best source of a statement weighs by its kind, however old it is. */
function weigh({ sources: ids }: Statement, sources: ReadonlyMap<string, FindingSource>): number {
  return Math.max(0, ...[...ids].flatMap((id) => sources.get(id) ?? []).map((source) => WEIGHTS[kindOf(source)]));
}

function newest({ sources: ids }: Statement, sources: ReadonlyMap<string, FindingSource>): number | undefined {
  const times = [...ids].flatMap((id) => sources.get(id) ?? []).flatMap((source) => timeOf(source) ?? []);
  return times.length === 0 ? undefined : Math.max(...times);
}
