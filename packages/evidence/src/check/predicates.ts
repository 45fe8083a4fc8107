import { clauseOf, isWithin } from "./clauses.js";
import { type Clause, clausesOf, denialsIn } from "./denial.js";
import { type Pole, polesAt } from "./poles.js";
import { type Word, wordsOf } from "./words.js";

/** What a clause says of those it speaks of, so far as it may be said the other way round. */
export interface Predicate {
  word: Word;
  poles: Pole[];
  /** Keys of the words beside it, between the commas and conjunctions around. */
  around: string[];
  /** Those among them that stand before it. */
  subject: string[];
  /** Those among them that stand behind it. */
  objects: string[];
  /** Keys of the words on the other side of those. */
  beyond: string[];
  /** Keys of those whom it is said of, where a pronoun, or nothing, stands for them. */
  taken: readonly string[];
  /** Keys of the whole sentence. */
  rest: ReadonlySet<string>;
  /** Whether it is denied. */
  isTurned: boolean;
  /** What is asked, feared, set as a condition or true until some time is not said to be so; nor what stands beside a denial of something else. */
  isOpen: boolean;
  /** "Would", "might": to be held against its like only. "Would not" is as good as a refusal. */
  isModal: boolean;
  /** What was so at first need not be so now. */
  isPast: boolean;
  /** Keys of the sentence before, of the same section. */
  said?: ReadonlySet<string>;
  clause: Clause;
  sentence: string;
}

/** Words on either side of a predicate that say of whom it is. */
const REACH = 5;
/** Words with which a clause names whom it is about; and a sentence, for a pronoun in the next. */
const SUBJECT = 4;
const SUBJECT_OF_SENTENCE = 8;

/** Up to three words between a denial and what it turns round. */
const TURNS =
  /(?:\b(?<!\bor )(?:not|no|never|neither|nor|without|cannot|hardly|nobody|none|(?<!\bfor )nothing|no one|unable to|yet to|(?:fail|refus|declin|omit)\p{Ll}* to|far from|stopp?\p{Ll}*|rather than|instead of|little)\b|n['’]t\b)(?! only| just| merely)(?:[^\p{L}.;:]+(?!and\b|but\b|or\b)\p{L}+){0,3}[^\p{L}.;:]*$/iu;
/** "Keeps plants from helping". */
const TURNS_FROM =
  /\b(?:keep|kept|prevent|stopp?|barr?|discourag|deter|prohibit|forb|ban|block|exempt|exclud)\p{Ll}*\b[^.;:,]{0,60}\bfrom(?:[^\p{L}.;:]+\p{L}+){0,2}[^\p{L}.;:]*$/iu;
/** "No patient of either group came to harm". */
const TURNS_ALL =
  /^\P{L}*(?:(?:and|but|that|as|while|though|although|because) )?(?:nobody|no one|none|neither|nothing|no|not (?:one|a single|any))\b/iu;
/** "Achieved little", "found no sign". */
const TURNS_BEHIND = /^\s+(?:little|nothing|no(?! (?:more|less|fewer|later|earlier) than))\b/i;
/** "The difference was not significant": what a noun stands for is denied behind it. */
const NOUN = /(?:ence|ance|ion|al|ure|ment|change|effect|increase|decrease|rise|fall|loss|win|rescue)s?$/i;
const TURNS_NOUN =
  /^\P{L}*(?:\p{L}+\s+){0,4}?(?:(?:is|was|were|are|has|had|have|did|does|do|could|can|will)\s+(?:not|never)\b|\p{Ll}+n['’]t\b)/iu;

const OPEN =
  /\b(?:demand\p{Ll}*|propos\p{Ll}*|request\p{Ll}*|ask\p{Ll}*|hop(?:e|es|ed|ing)|fear\p{Ll}*|critics|claim\p{Ll}*|moved|in order)\b/iu;
const CONDITION = /\b(?:if|whether|unless)\b/i;
/** "While rationing was in force" says when, and not what. */
const AT_THAT_TIME = /\b(?:while|when|once|as long as|after)\b[^,;:]*$/i;
const UNTIL = /\b(?:until|till|before)\b/i;

const FORMERLY = /\b(?:at first|initially|originally|formerly|used to)\b/i;
const MODAL = /\b(?:would|could|may|might)\b(?! not\b)/i;
const PRONOUN = /\b(?:it|its|they|their|he|his|she|her|this|that|these|those|both|one|other)\b/i;
/** "And was not renewed": whom it is said of stands in the clause before. */
const BARE =
  /^\P{L}*(?:(?:and|but|or|then|later|finally|also|which|who)\s+)*(?:\p{Ll}+ly\s+)?(?:is|are|was|were|has|have|had|will|would|can|could|did|does|do|not|never|\p{Ll}+(?:ed|s))\b/iu;
const SEGMENT = /[,;:()–—]|\b(?:but|while|whereas|although|though|because|and|since)\b/gi;
/** Numbers and times are common to many that have nothing else in common. */
const TELLS_NOTHING =
  /\d|^(?:cent|percent|years?|months?|weeks?|days?|hours?|minutes?|times?|first|last|several|nobody|nothing|thousand|million|billion|two|three|four|five|six|seven|eight|nine|ten)$/i;

/**
 * The predicates of a text for which there are opposites (`poles.ts`), clause by clause.
 * @param before the words of the sentences before it, from which pronouns take whom they mean
 */
export function predicatesOf(text: string, words: readonly Word[], before: readonly (readonly Word[])[]): Predicate[] {
  let subject = before.flatMap((each) => keysOf(each.filter(isTelling).slice(0, SUBJECT_OF_SENTENCE)));
  const rest = new Set(keysOf(words.filter(isTelling)));
  return clausesOf(text, words).flatMap((clause) => {
    const own = wordsOf(clause.text);
    const telling = own.filter(isTelling);
    const isBare = BARE.test(clause.text) || PRONOUN.test(clause.text) || telling.length < 2;
    const given = { taken: isBare ? subject : [], before: subject };
    if (!isBare || subject.length === 0) subject = keysOf(telling.slice(0, SUBJECT));
    return own.flatMap((_, at) => predicateAt(at, own, { clause, text, rest, ...given }) ?? []);
  });
}

interface Around {
  clause: Clause;
  text: string;
  rest: ReadonlySet<string>;
  /** Whom it is said of, by a pronoun or by nothing; and whom the clause before is about. */
  taken: readonly string[];
  before: readonly string[];
}

function predicateAt(at: number, words: readonly Word[], o: Around): Predicate | undefined {
  const { clause, text, rest } = o;
  const word = words[at];
  const poles = polesAt(words, at);
  if (!word || poles.length === 0) return undefined;
  const before = clause.text.slice(0, word.start);
  const after = clause.text.slice(word.end);
  const inSentence = text.slice(0, clause.start + word.start);
  const segment = clauseOf(clause.text, word, SEGMENT);
  const beside = `${clause.text.slice(segment.start, word.start)} ${clause.text.slice(word.end, segment.end)}`;
  const isName = /^\p{Lu}/u.test(word.text) && /\p{L}[^\n]*$/u.test(inSentence);
  if (isName || isDenial(words, at) || isAttribute(words, at, clause.text)) return undefined;

  const isNoun = NOUN.test(word.text);
  const isTurnedBefore = TURNS.test(before) || TURNS_FROM.test(inSentence) || TURNS_ALL.test(before);
  const isTurned = (isTurnedBefore || TURNS_BEHIND.test(after)) !== (isNoun && TURNS_NOUN.test(after));
  const isUnclear = !isTurned && (denialsIn(beside) > 0 || (isNoun && clause.isDenied));
  const isCondition = CONDITION.test(clause.text.slice(segment.start, word.start)) || UNTIL.test(beside);

  const behind = words.slice(at + (poles[0]?.length ?? 1)).filter(isTelling);
  const near = [...words.slice(0, at).filter(isTelling).slice(-REACH), ...behind.slice(0, REACH)];
  return {
    word,
    poles,
    around: keysOf(near.filter((each) => isWithin(each, [segment]))),
    subject: keysOf(near.filter((each) => isWithin(each, [segment]) && each.start < word.start)),
    objects: keysOf(behind.filter((each) => isWithin(each, [segment]))),
    beyond: keysOf(near.filter((each) => !isWithin(each, [segment]))),
    taken: near.length === 0 ? o.before : o.taken,
    rest,
    isTurned,
    isOpen: isUnclear || isCondition || OPEN.test(before) || AT_THAT_TIME.test(inSentence),
    isPast: FORMERLY.test(beside),
    isModal: MODAL.test(before),
    clause,
    sentence: text,
  };
}

/** "Failed to finish" denies what follows, and is no failure. */
function isDenial(words: readonly Word[], at: number): boolean {
  return /^fail/i.test(words[at]?.text ?? "") && words[at + 1]?.text === "to";
}

/** "A store for damaged batteries": what stands before a noun is not said of it here. */
function isAttribute(words: readonly Word[], at: number, text: string): boolean {
  const [word, next] = [words[at], words[at + 1]];
  if (!word || !next || !/ed$/.test(word.text) || !isTelling(next) || /(?:ly|ed)$/.test(next.text)) return false;
  const before = text.slice(0, word.start);
  return (
    /^\s$/.test(text.slice(word.end, next.start)) &&
    /\b(?:in|of|for|with|by|a|an|the|to|from|on|no)\s$/i.test(before) &&
    !/\b(?:is|are|was|were|be|been|has|have|had)\b(?: \p{L}+){0,2} $/iu.test(before)
  );
}

function isTelling({ isStop, text }: Word): boolean {
  return !isStop && !TELLS_NOTHING.test(text);
}

function keysOf(words: readonly Word[]): string[] {
  return words.map(({ key }) => key);
}
