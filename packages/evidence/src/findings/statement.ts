import { namesOf, prepareCorpus } from "../check/corpus.js";
import { type DateMention, datesOf } from "../check/dates.js";
import { type Figure, figuresOf } from "../check/numbers.js";
import { type Word, wordsOf } from "../check/words.js";
import type { FindingClaim, FindingSource } from "./claim.js";

/** A claim taken apart, for comparing it with others. */
export interface Statement {
  readonly claim: FindingClaim;
  readonly text: string;
  readonly words: Word[];
  /** Keys of its content words, without its names, figures and dates. */
  readonly keys: Set<string>;
  /** Names in it, or in the titles of its sources if it has none: what "it" is. Lower case. */
  readonly names: Set<string>;
  /** Names in it and in those titles. */
  readonly about: Set<string>;
  readonly figures: readonly Measure[];
  readonly dates: readonly DateMention[];
  readonly sources: ReadonlySet<string>;
}

/** A number with the word that it counts, which is empty where a unit says it. */
export interface Measure extends Figure {
  readonly counts: string;
}

/** Takes claims apart. Names that most sources use tell none of them apart and are left out. */
export function statementsOf(
  claims: readonly FindingClaim[],
  sources: ReadonlyMap<string, Pick<FindingSource, "title">>,
): Statement[] {
  const titles = [...sources].map(([id, { title }]) => ({ id: `title of ${id}`, title: "", uri: "", text: title }));
  const corpus = prepareCorpus([...claims.map(({ id, text }) => ({ id, title: "", uri: "", text })), ...titles]);
  const opening = openingNames([...claims.map(({ text }) => text), ...titles.map(({ text }) => text)]);
  const namesIn = (text: string): string[] => {
    // What follows a percentage, as in "4% APY", says how it is measured, and names nothing.
    const measures = new Set([...text.matchAll(/%\s(\p{Lu}{2,})\b/gu)].map(([, measure = ""]) => measure));
    const first = wordsOf(text)[0]?.text.toLowerCase() ?? "";
    const named = namesOf(text, corpus).filter((name) => !measures.has(name));
    return [...new Set([...(opening.has(first) ? [first] : []), ...named.map((name) => name.toLowerCase())])];
  };
  const users = new Map<string, Set<string>>();
  for (const { text, support } of claims) {
    for (const name of namesIn(text))
      for (const { source } of support) users.set(name, (users.get(name) ?? new Set()).add(source));
  }
  const isCommon = (name: string): boolean =>
    sources.size >= MANY && (users.get(name)?.size ?? 0) > sources.size * COMMON;
  return claims.map((claim) => {
    const own = namesIn(claim.text);
    const titled = claim.support.flatMap(({ source }) => namesIn(sources.get(source)?.title ?? ""));
    const telling = (names: readonly string[]) => new Set(names.filter((name) => !isCommon(name)));
    const names = telling(own).size > 0 ? telling(own) : telling(titled);
    return { ...takeApart(claim, own), names, about: telling([...own, ...titled]) };
  });
}

/** The part of the sources that use a name from which on it says nothing, where there are so many sources that it can be told. */
const COMMON = 0.4;
const MANY = 5;

/** Words that open texts with a capital, two of them at least, and stand in none without: names that happen to come first. */
function openingNames(texts: readonly string[]): Set<string> {
  const openings = new Map<string, number>();
  const small = new Set(texts.flatMap((text) => text.match(/(?<!\p{L})\p{Ll}+/gu) ?? []));
  for (const text of texts) {
    const word = wordsOf(text)[0];
    if (word !== undefined && !word.isStop && /^\p{Lu}/u.test(word.text))
      openings.set(word.text.toLowerCase(), (openings.get(word.text.toLowerCase()) ?? 0) + 1);
  }
  return new Set([...openings].filter(([word, count]) => count > 1 && !small.has(word)).map(([word]) => word));
}

/** The part of two sets that they share, 0 to 1. */
export function shared(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  if (a.size === 0 || b.size === 0) return 0;
  let both = 0;
  for (const item of a) if (b.has(item)) both++;
  return both / (a.size + b.size - both);
}

function takeApart(claim: FindingClaim, own: readonly string[]): Omit<Statement, "names" | "about"> {
  const { text } = claim;
  const dates = datesOf(text);
  const figures = figuresOf(text, dates);
  const words = wordsOf(text);
  const names = new Set(own);
  const spans = [...dates, ...figures];
  const isInside = (word: Word): boolean => spans.some(({ start, end }) => word.start >= start && word.end <= end);
  const content = words.filter((word) => !word.isStop && !isInside(word));
  return {
    claim,
    text,
    words,
    dates,
    keys: new Set(content.filter((word) => !names.has(word.text.toLowerCase())).map((word) => word.key)),
    figures: figures.map((figure) => ({ ...figure, counts: countedBy(figure, words, text) })),
    sources: new Set(claim.support.map(({ source }) => source)),
  };
}

/** The word behind a plain number, as in "14 lenders". */
function countedBy(figure: Figure, words: readonly Word[], text: string): string {
  if (figure.quantity !== "plain") return "";
  const next = words.find((word) => word.start >= figure.end);
  return next !== undefined && /^\s+$/.test(text.slice(figure.end, next.start)) && !next.isStop ? next.key : "";
}
