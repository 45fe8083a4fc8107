import type { Claim } from "./claim.js";
import { clauseOf, isWithin } from "./clauses.js";
import type { Corpus } from "./corpus.js";
import { type Clause, clausesOf, denialsIn } from "./denial.js";
import { relatedTo } from "./lexicon/related.js";
import { type Pole, polesAt } from "./poles.js";
import type { Conflict } from "./polarity.js";
import type { Passage, PreparedSource } from "./source.js";
import { type Word, wordsOf } from "./words.js";

/** What a clause says of those it speaks of, so far as it may be said the other way round. */
export interface Predicate {
  word: Word;
  poles: Pole[];
  /** Keys of the content words around it in its clause. */
  around: string[];
  /** Keys of those that stand behind it there. */
  objects: string[];
  /** Keys of those whom the clause is about, where it does not name them itself. */
  taken: string[];
  /** Keys of the rest of the sentence. */
  rest: ReadonlySet<string>;
  isTurned: boolean;
  /** What is asked, feared, planned or set as a condition is not said to be so. */
  isOpen: boolean;
  isModal: boolean;
  clause: Clause;
  sentence: string;
}

/** A predicate of a claim and one of a source about the same, and how much the two have in common: 0 to 1. */
export interface Met {
  own: Predicate;
  other: Predicate;
  passage: Passage;
  share: number;
}

/** Content words on either side of a predicate that say of whom it is. */
const REACH = 5;
/** Words with which a clause names whom it is about. */
const SUBJECT = 4;
const TURNS =
  /(?:\b(?<!\bor )(?:not|no|never|neither|nor|without|cannot|hardly|nobody|none|(?<!\bfor )nothing|no one|unable to|yet to|(?:fail|refus|declin|omit)\p{Ll}* to|far from|stopp?\p{Ll}*|rather than|instead of|little)\b|n['’]t\b)(?! only| just| merely)(?:[^\p{L}.;:]+(?!and\b|but\b|or\b)\p{L}+){0,3}[^\p{L}.;:]*$/iu;
const FROM =
  /\b(?:keep|kept|prevent|stopp?|barr?|discourag|deter|prohibit|forb|ban|block|exempt|exclud)\p{Ll}*\b[^.;:,]{0,60}\bfrom(?:[^\p{L}.;:]+\p{L}+){0,2}[^\p{L}.;:]*$/iu;
const BEHIND = /^\P{L}*(?:\p{L}+\s+){0,4}?(?:(?:is|was|were|are|has|had|have|did|does|do|could|can|will)\s+(?:not|never)\b|\p{Ll}+n['’]t\b)/iu;
const OF_NOTHING = /^\s+(?:little|nothing|no(?! (?:more|less|fewer|later|earlier) than))\b/i;
const NOMINAL = /(?:ence|ance|ion|al|ure|ment|change|effect|increase|decrease|rise|fall|loss|win|rescue)s?$/i;
const ELLIPTIC = /\b(?:is|are|was|were|does|did|do|has|have|can|may)(?: not|n['’]t)\s*[.,;]/i;
const SUBJECT_TURNS = /^\P{L}*(?:(?:and|but|that|as|while|though|although|because) )?(?:nobody|no one|none|neither|nothing|no|not (?:one|a single|any))\b/iu;
const OPEN =
  /\b(?:demand\p{Ll}*|propos\p{Ll}*|request\p{Ll}*|ask\p{Ll}*|hop(?:e|es|ed|ing)|fear\p{Ll}*|critics|claim\p{Ll}*|moved|in order)\b/iu;
const CONDITION = /\b(?:if|whether|unless)\b/i;
const UNTIL = /\b(?:until|till|before)\b/i;
const MODAL = /\b(?:would|could|may|might)\b/i;
const PRONOUN = /\b(?:it|its|they|their|he|his|she|her|this|that|these|those|both|one|other)\b/i;
const BARE = /^\P{L}*(?:(?:and|but|or|then|later|finally|also|which|who)\s+)*(?:\p{Ll}+ly\s+)?(?:is|are|was|were|has|have|had|will|would|can|could|did|does|do|not|never|\p{Ll}+(?:ed|s))\b/iu;

const SEGMENT = /[,;:()–—]|\b(?:but|while|whereas|although|though|because|and|since)\b/gi;
const IN_PASSAGE = new WeakMap<Passage, Predicate[]>();

export function predicatesIn(passage: Passage, before: readonly Passage[]): Predicate[] {
  let found = IN_PASSAGE.get(passage);
  if (!found) {
    found = predicatesOf(passage.text, passage.words, before.flatMap(({ words }) => subjectOf(words)));
    IN_PASSAGE.set(passage, found);
  }
  return found;
}

export function predicatesOf(text: string, words: readonly Word[], given: readonly string[]): Predicate[] {
  let subject = [...given];
  const all = new Set(words.filter(isTelling).map(({ key }) => key));
  return clausesOf(text, words).flatMap((clause) => {
    const own = wordsOf(clause.text);
    const telling = own.filter(isTelling);
    const isBare = BARE.test(clause.text) || PRONOUN.test(clause.text) || telling.length < 2;
    const taken = isBare ? subject : [];
    const found = own.flatMap((word, i): Predicate[] => {
      const before = clause.text.slice(0, word.start);
      const inSentence = text.slice(0, clause.start + word.start);
      const isBehind = NOMINAL.test(word.text) && BEHIND.test(clause.text.slice(word.end));
      const after = clause.text.slice(word.end);
      const segment = clauseOf(clause.text, word, SEGMENT);
      const beside = `${clause.text.slice(segment.start, word.start)} ${clause.text.slice(word.end, segment.end)}`;
      const isTurned =
        (TURNS.test(before) || FROM.test(inSentence) || SUBJECT_TURNS.test(before) || OF_NOTHING.test(after)) !== isBehind;
      const isUnclear =
        (!isTurned && (denialsIn(beside) > 0 || (NOMINAL.test(word.text) && clause.isDenied))) || UNTIL.test(beside);
      if (/^fail/i.test(word.text) && own[i + 1]?.text === "to") return [];
      // "Damaged batteries": what stands before a noun is not said of it here.
      const behind = own[i + 1];
      if (
        /ed$/.test(word.text) &&
        behind && isTelling(behind) && /^\s$/.test(clause.text.slice(word.end, behind.start)) &&
        !/\b(?:is|are|was|were|be|been|has|have|had)\b(?: \p{L}+){0,2} $/iu.test(before) && !/ly$|ed$/.test(behind.text) && /\b(?:in|of|for|with|by|a|an|the|to|from|on|no)\s$/i.test(before)
      )
        return [];
      const poles = polesAt(own, i);
      const next = i + (poles[0]?.length ?? 1);
      if (poles.length === 0 || (/^\p{Lu}/u.test(word.text) && /\p{L}/u.test(inSentence))) return [];
      const objects = own.slice(next).filter((each) => isTelling(each) && isWithin(each, [segment])).map(({ key }) => key);
      const near = [...own.slice(0, i).filter(isTelling).slice(-REACH), ...own.slice(next).filter(isTelling).slice(0, REACH)];
      const around = near.filter((each) => isWithin(each, [segment])).map(({ key }) => key);
      const beyond = near.filter((each) => !isWithin(each, [segment])).map(({ key }) => key);
      return [{ word, poles, objects, around, taken: [...taken, ...beyond], rest: all, isTurned, isOpen: isUnclear || OPEN.test(before) || CONDITION.test(clause.text.slice(segment.start, word.start)), isModal: MODAL.test(before), clause, sentence: text }];
    });
    if (!isBare || subject.length === 0) subject = telling.slice(0, SUBJECT).map(({ key }) => key);
    return found;
  });
}

function subjectOf(words: readonly Word[]): string[] {
  return words
    .filter(isTelling)
    .slice(0, SUBJECT + 2)
    .map(({ key }) => key);
}

/** Numbers and times are common to many that have nothing else in common. */
const TELLS_NOTHING =
  /\d|^(?:cent|percent|years?|months?|weeks?|days?|hours?|minutes?|times?|first|last|several|thousand|million|billion|two|three|four|five|six|seven|eight|nine|ten)$/i;

function isTelling({ isStop, text }: Word): boolean {
  return !isStop && !TELLS_NOTHING.test(text);
}

export interface Meetings { ours: Predicate[]; against: Met[]; alike: Met[] }
/** What the predicates of a claim meet in a source. */
export function meetings(claim: Claim, passages: readonly Passage[], source: PreparedSource, corpus: Corpus): Meetings {
  const against: Met[] = [];
  const alike: Met[] = [];
  const ours = predicatesOf(claim.text, claim.words, []);
  for (const own of ours) {
    for (const passage of passages) {
      for (const other of predicatesIn(passage, before(passage, source))) {
        const side = sideOf(own, other);
        if (side === undefined) continue;
        const share = shareOf(own, other, source, corpus);
        if (share > 0) (side > 0 ? alike : against).push({ own, other, passage, share });
      }
    }
  }
  return { ours, against, alike };
}

function before(passage: Passage, { passages }: PreparedSource): Passage[] {
  return passages.slice(Math.max(0, passage.index - BEFORE), passage.index).filter(({ section }) => section === passage.section);
}

/** Sentences before one from which a pronoun in it takes whom it means. */
const BEFORE = 2;

function sideOf(own: Predicate, other: Predicate): 1 | -1 | undefined {
  // "Grew from 4.1 million to 6.3", "fell to 5.2": of other numbers both may be so.
  const [ours, theirs] = [own, other].map(({ clause }): string[] => clause.text.match(/\d[\d.,]*\d|\d/g) ?? []);
  if (ours?.length && theirs?.length && !ours.some((number) => theirs.includes(number))) return undefined;
  for (const { line, side } of own.poles) {
    const theirs = other.poles.find((each) => each.line === line);
    if (theirs && own.isTurned !== other.isTurned && (ELLIPTIC.test(other.sentence) || (SHARE.test(own.clause.text) && SHARE.test(other.clause.text)))) return undefined;
    if (theirs) return (own.isTurned === other.isTurned) === (side === theirs.side) ? 1 : -1;
  }
  return undefined;
}

const SHARE = /\b(?:\d+ of|per ?cent|percent|in (?:two|three|four|five|six|seven|eight|nine|ten|\d+)|half|thirds?|quarters?|most|majority|some|few|only)\b|%/i;
const TITLE = 0.4;
const TAKEN = 0.7;
const REST = 0.5;
const ALONE = 0.8;

function shareOf(own: Predicate, other: Predicate, source: PreparedSource, corpus: Corpus): number {
  const direct = new Set(other.around);
  const taken = new Set(other.taken);
  let all = 0;
  let shared = 0;
  let count = 0;
  let isNear = own.around.length === 0;
  for (const key of new Set([...own.around, ...own.taken])) {
    if (key === other.word.key) continue;
    const isOwn = own.around.includes(key);
    const weight = corpus.weight(key) * (source.titleKeys.has(key) ? TITLE : 1) * (isOwn || own.around.length === 0 ? 1 : TAKEN);
    const found = Math.max(credit(key, direct), TAKEN * credit(key, taken), REST * credit(key, other.rest));
    all += weight;
    shared += weight * found;
    if (found > 0) count++;
    if (isOwn && found > 0) isNear = true;
  }
  // "Without loss of life" and "lost two masts".
  const isOfOther =
    own.word.key === other.word.key && own.objects.length > 0 && own.objects.every((key) => credit(key, other.rest) === 0);
  const share = all === 0 || !isNear || isOfOther ? 0 : shared / all;
  return count < 2 && share < ALONE ? 0 : share;
}

function credit(key: string, keys: ReadonlySet<string>): number {
  if (keys.has(key)) return 1;
  if (relatedTo(key, "same").some((other) => keys.has(other))) return 0.7;
  return relatedTo(key, "near").some((other) => keys.has(other)) ? 0.4 : 0;
}

const SAME_MATTER = 0.4;
const CLEARLY = 0.8;

export function opposedBy({ against, alike }: Meetings): Conflict | undefined {
  const clear = against
    .filter(({ own, other, share }) => share >= SAME_MATTER && !own.isOpen && !other.isOpen && own.isModal === other.isModal)
    .sort((a, b) => b.share - a.share);
  const top = clear.find(({ own, share }) => !alike.some((each) => each.own === own && !each.other.isOpen && each.share >= CLEARLY * share));
  if (!top) return undefined;
  return { why: `The sentence says ${said(top.own)} where the source says ${said(top.other)}.`, passage: top.passage };
}

function said({ word, isTurned }: Predicate): string {
  return `“${isTurned ? "not " : ""}${word.text}”`;
}

export function isAgreed({ against, alike, ours }: Meetings, { passage, denies }: Conflict): boolean {
  if (denies === undefined) return false;
  const worst = Math.max(0, ...against.map(({ share }) => share));
  if (denies === "source" && ours.some((own) => isAgainst(own) && isSpokenOf(own, passage))) return true;
  return alike.some(({ own, other, share, passage: where }) => {
    if (share < SAME_MATTER || share <= worst) return false;
    // What the sentence denies, the source denies, too, or says in the opposite word.
    if (denies === "sentence") return own.isTurned && (own.word.key !== other.word.key || other.isTurned);
    return where.text === passage.text && (other.isTurned || isAgainst(other)) && (own.isTurned !== other.isTurned || own.word.key !== other.word.key);
  });
}

function isAgainst({ poles, isTurned }: Predicate): boolean {
  return poles.every(({ side, line }) => line < DENYING && (side === -1) !== isTurned);
}

function isSpokenOf({ around }: Predicate, { keys }: { keys: ReadonlySet<string> }): boolean {
  const said = around.filter((key) => credit(key, keys) > 0);
  return said.length >= HALF * around.length && said.length > 0;
}

const HALF = 0.25;
const DENYING = 7;
