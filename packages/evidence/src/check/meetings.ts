import type { Claim } from "./claim.js";
import type { Corpus } from "./corpus.js";
import { relatedTo } from "./lexicon/related.js";
import type { Conflict } from "./polarity.js";
import { type Predicate, predicatesOf } from "./predicates.js";
import type { Passage, PreparedSource } from "./source.js";
import { DENIED } from "./words.js";

/** A predicate of a claim and one of a source on one line of opposites, and how much of whom they are said of they have in common: 0 to 1. */
export interface Met {
  own: Predicate;
  other: Predicate;
  passage: Passage;
  share: number;
}

/** What the predicates of a claim meet in a source. */
export interface Meetings {
  ours: Predicate[];
  against: Met[];
  alike: Met[];
}

/** Holds each predicate of a claim against those of passages. */
export function meetings(claim: Claim, passages: readonly Passage[], source: PreparedSource, corpus: Corpus): Meetings {
  const ours = predicatesOf(claim.text, claim.words, []);
  const against: Met[] = [];
  const alike: Met[] = [];
  for (const own of ours) {
    for (const passage of passages) {
      for (const other of predicatesIn(passage, source)) {
        const side = sideOf(own, other);
        const share = side === undefined || (side === 1 && other.isPast) ? 0 : shareOf(own, other, source, corpus);
        if (share > 0) (side === 1 ? alike : against).push({ own, other, passage, share });
      }
    }
  }
  return { ours, against, alike };
}

/** Sentences before one from which a pronoun in it takes whom it means. */
const BEFORE = 2;
const IN_PASSAGE = new WeakMap<Passage, Predicate[]>();

function predicatesIn(passage: Passage, { passages }: PreparedSource): Predicate[] {
  let found = IN_PASSAGE.get(passage);
  if (!found) {
    const before = passages.slice(Math.max(0, passage.index - BEFORE), passage.index);
    const given = before.filter(({ section }) => section === passage.section).map(({ words }) => words);
    const last = before.at(-1);
    const said = last?.section === passage.section ? last.keys : undefined;
    found = predicatesOf(passage.text, passage.words, given).map((each) => ({ ...each, ...(said ? { said } : {}) }));
    IN_PASSAGE.set(passage, found);
  }
  return found;
}

/** "Trawling is not": what is denied of another, with no verb of its own. */
const ELLIPTIC = /\b(?:is|are|was|were|does|did|do|has|have|can|may)(?: not|n['’]t)\s*[.,;]/i;
const SHARE =
  /\b(?:\d+ of|per ?cent|percent|in (?:two|three|four|five|six|seven|eight|nine|ten|\d+)|half|thirds?|quarters?|most|majority|some|few|only)\b|%/i;

/** 1 where both say the same, -1 where they say the opposite, undefined where they have no line of opposites in common, or where both may be so. */
function sideOf(own: Predicate, other: Predicate): 1 | -1 | undefined {
  const theirs = own.poles.flatMap((pole) =>
    other.poles.filter(({ line }) => line === pole.line).map(({ side }) => side === pole.side),
  );
  const [isSameSide] = theirs;
  if (isSameSide === undefined || isOfOtherNumbers(own, other)) return undefined;
  const isTurned = own.isTurned !== other.isTurned;
  // "A third failed to finish", "two thirds finished": both may be so.
  const isOfShares = SHARE.test(own.clause.text) && SHARE.test(other.clause.text);
  if (isTurned && (isOfShares || ELLIPTIC.test(other.sentence))) return undefined;
  return isSameSide === isTurned ? -1 : 1;
}

/** "Grew from 4.1 million to 6.3", "fell to 97". */
function isOfOtherNumbers(own: Predicate, other: Predicate): boolean {
  const [ours, theirs] = [own, other].map(({ clause }): string[] => clause.text.match(/\d[\d.,]*\d|\d/g) ?? []);
  return (
    ours !== undefined &&
    theirs !== undefined &&
    ours.length > 0 &&
    theirs.length > 0 &&
    !ours.some((number) => theirs.includes(number))
  );
}

/** "It was closed in May": of what, the sentence before says. */
const OF_PRONOUN =
  /^\P{L}*(?:(?:and|but|as|since|because|although|though|while)\s+)?(?:it|they|he|she|this|these|those)\b/iu;
/** What is in the title of a source tells no passage from another. */
const IN_TITLE = 0.4;
/** What it counts that somebody stands not beside a predicate, but where a pronoun points, or elsewhere in the sentence, or in the one before. */
const TAKEN = 0.7;
const REST = 0.5;
const BEFORE_IT = 0.3;
/** Whom it is said of tells more than what else stands there. */
const SUBJECT = 1.25;
/** So much must they have in common where it is one word. */
const ONE_WORD = 0.8;

function shareOf(own: Predicate, other: Predicate, source: PreparedSource, corpus: Corpus): number {
  // "Without loss of life" and "lost two masts".
  const isOfOther = own.objects.length > 0 && own.objects.every((key) => credit(key, other.rest) === 0);
  if (own.word.key === other.word.key && isOfOther) return 0;
  const [around, taken] = [new Set(other.around), new Set(other.taken)];
  let all = 0;
  let shared = 0;
  let count = 0;
  let isNear = own.around.length === 0;
  for (const key of new Set([...own.around, ...own.beyond, ...own.taken])) {
    if (key === other.word.key) continue;
    const isBeside = own.around.includes(key);
    const place = own.subject.includes(key) ? SUBJECT : isBeside || own.around.length === 0 ? 1 : TAKEN;
    const weight = corpus.weight(key) * (source.titleKeys.has(key) ? IN_TITLE : 1) * place;
    const found = Math.max(
      credit(key, around),
      TAKEN * credit(key, taken),
      REST * credit(key, other.rest),
      other.said ? BEFORE_IT * credit(key, other.said) : 0,
    );
    all += weight;
    shared += weight * found;
    if (found > 0) count++;
    const isNamed = other.around.length === 0 || OF_PRONOUN.test(other.clause.text) || credit(key, other.rest) > 0;
    if (found > 0 && isBeside && isNamed) isNear = true;
  }
  const share = all === 0 || !isNear ? 0 : shared / all;
  return count < 2 && share < ONE_WORD ? 0 : share;
}

const SAME_MEANING = 0.7;
const NEAR_MEANING = 0.4;

function credit(key: string, keys: ReadonlySet<string>): number {
  if (keys.has(key)) return 1;
  if (relatedTo(key, "same").some((other) => keys.has(other))) return SAME_MEANING;
  return relatedTo(key, "near").some((other) => keys.has(other)) ? NEAR_MEANING : 0;
}

/** With so much in common two predicates are said of the same. */
const OF_THE_SAME = 0.4;
/** What says the same, with nearly as much in common, speaks against a contradiction. */
const CLEARLY = 0.8;

/** The opposite of what a claim says, said of the same, where nothing in the source says the same as the claim. */
export function opposedBy({ against, alike }: Meetings): Conflict | undefined {
  const [top] = against
    .filter(({ own, other, share }) => {
      const isSaid = !own.isOpen && !other.isOpen && own.isModal === other.isModal;
      const isAlike = alike.some((each) => each.own === own && each.share >= CLEARLY * share);
      return share >= OF_THE_SAME && isSaid && !isAlike;
    })
    .sort((a, b) => b.share - a.share);
  if (!top) return undefined;
  return { why: `The sentence says ${said(top.own)} where the source says ${said(top.other)}.`, passage: top.passage };
}

function said({ word, isTurned }: Predicate): string {
  return `“${isTurned ? "not " : ""}${word.text}”`;
}

/**
 * Whether a contradiction is none, since the source says the same of the same: "does not shut" says what "stays open" does, and "declined" what
 * "refused" does.
 */
export function isExplained({ passage, denies }: Conflict, { ours, against, alike }: Meetings): boolean {
  if (denies === "source" && ours.some((own) => isDenying(own) && isSpokenOf(own, passage))) return true;
  const worst = Math.max(0, ...against.map(({ share }) => share));
  return alike.some(({ own, other, share, passage: where }) => {
    if (share < (denies ? OF_THE_SAME : CLEARLY_OF_IT) || share <= worst) return false;
    const isOtherWord = own.word.key !== other.word.key;
    if (denies === "source")
      return (
        where.text === passage.text &&
        (other.isTurned || isDenying(other)) &&
        (isOtherWord || own.isTurned !== other.isTurned)
      );
    const isDenial = own.isTurned || DENIED.test(own.word.text.toLowerCase());
    return (isDenial || !denies) && (isOtherWord || other.isTurned);
  });
}

/** Two words that point in opposite ways are outdone only by what has so much in common with the claim. */
const CLEARLY_OF_IT = 0.6;

/** The lines of opposites of which one side is as good as a denial: refuse, fail, cancel, end, hide, leave out, be spared. */
const DENYING = 7;

function isDenying({ poles, isTurned }: Predicate): boolean {
  return poles.every(({ side, line }) => line < DENYING && (side === -1) !== isTurned);
}

/** So many of the words beside a predicate a passage has that speaks of the same. */
const SOME = 0.25;

function isSpokenOf({ around }: Predicate, { keys }: { keys: ReadonlySet<string> }): boolean {
  const found = around.filter((key) => credit(key, keys) > 0);
  return found.length > 0 && found.length >= SOME * around.length;
}
