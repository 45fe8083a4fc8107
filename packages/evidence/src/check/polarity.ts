import { clausesOf, mayDeny } from "./denial.js";
import { directionsOf, otherWay } from "./opposites.js";
import { DENIED, type Word } from "./words.js";

/** What a text denies, and which way it points. */
export interface Polarity {
  /** For each negation: the keys it reaches, the nearest first. */
  denials: string[][];
  denied: Set<string>;
  directions: Set<string>;
}

const NEGATORS =
  /^(?:not|no|never|none|neither|nor|without|cannot|nobody|nothing|nowhere|hardly|lacks?|lacked|lacking|free|avoids?|avoided|avoiding|absent|absence|fails?|failed|unable|zero|prevents?|prevented|refuses?|refused|instead|rather)$|n't$/;
/** Words that deny when they are added to a sentence; the others may only excuse a difference. */
const PLAIN_NEGATORS = /^(?:not|no|never|none|neither|nor|without|cannot|nobody|nothing)$|n't$/;
const REACH_END =
  /[,;:.!?()]|\b(?:but|although|while|within|until|unless|because|before|after|since|during|when|if)\b/i;
/** "No sign that", "without telling anybody": words that deny nothing themselves. */
const LIGHT =
  /^(?:longer|sign|signs|evidence|indication|indications|proof|trace|suggestion|anybody|anyone|anything|ever|single|yet|having)$/i;
const REACH = 4;
/** "for lack of drivers": what only implies a denial reaches less far. */
const SHORT_REACH = 2;

/**
 * The polarity of a text.
 * @param text the text `words` were taken from
 * @param strict only plain negations (not, no, never, …), as opposed to everything that can express one
 */
export function polarityOf(text: string, words: Word[], strict: boolean): Polarity {
  const denials: string[][] = [];
  const directions = new Set<string>();
  const ended: string[] = [];
  const pointing: { name: string; key: string }[] = [];
  words.forEach((word, i) => {
    const lower = word.text.toLowerCase().replaceAll("’", "'");
    if (DENIED.test(lower)) denials.push([word.key]);
    for (const name of directionsOf(text, word)) pointing.push({ name, key: word.key });
    if (!strict && ENDED.test(lower)) {
      const before = text.slice(0, word.start).split(CLAUSE_END).at(-1)?.length ?? 0;
      const subject = words.slice(0, i).filter((each) => !each.isStop && each.start >= word.start - before);
      ended.push(...subject.slice(-REACH).map((each) => each.key));
    }
    if (!(strict ? PLAIN_NEGATORS : NEGATORS).test(lower)) return;
    const limit = PLAIN_NEGATORS.test(lower) ? REACH : SHORT_REACH;
    const next = words[i + 1]?.text.toLowerCase() ?? "";
    if (/^(?:only|just|merely|necessarily|least|more|less|later|earlier)$/.test(next)) return;
    const reach: string[] = [];
    for (const follower of words.slice(i + 1)) {
      if (reach.length >= limit || REACH_END.test(text.slice(word.end, follower.start))) break;
      if (!follower.isStop && !LIGHT.test(follower.text)) reach.push(follower.key);
    }
    if (reach.length > 0) denials.push(reach);
  });
  const denied = new Set(denials.flat());
  for (const { name, key } of pointing) directions.add(denied.has(key) ? otherWay(name) : name);
  for (const [pattern, name] of ADVERBS) if (pattern.test(text)) directions.add(name);
  return { denials, denied: new Set([...denied, ...ended]), directions };
}

/** "MySQL support has been dropped": the subject is no more. */
const ENDED =
  /^(?:dropped|discontinued|removed|abolished|abandoned|withdrawn|scrapped|ended|ceased|stopped|cancelled|rejected|refused|closed|shut)$/;
const CLAUSE_END = /[,;:()]|\b(?:but|and|although|while)\b/;

/** Which way a number went, where the verb does not say so. */
const ADVERBS: [RegExp, string][] = [
  [/\b(?:went|gone|going|goes|was|were|is|are) up\b|[,(]\s*up (?:from|by|\d)/i, "up"],
  [/\b(?:went|gone|going|goes|was|were|is|are) down\b|[,(]\s*down (?:from|by|\d)/i, "down"],
  [/\b(?:few (?!(?:more|days|weeks|months|years|hours|minutes)\b)|only a minority|hardly any)/i, "least"],
  [/\bonly (?:\d|1\d|2[0-4])(?:\.\d+)?\s?(?:%|per\s?cent)/i, "least"],
  [/\b(?:(?:eight|nine) in ten|vast majority|almost all|nearly all)\b/i, "most"],
];

/**
 * Why two texts that speak of the same thing contradict each other; undefined where they do not.
 * @param passages those that say much of what the claim says, the closest first
 */
export function conflict(claim: Side, passages: Side[]): Conflict | undefined {
  const [same] = passages;
  const denied = denial(claim, passages, []);
  if (denied || !same) return denied;
  const ours = polarityOf(claim.text, claim.words, false).directions;
  const isTurned = turned(ours, polarityOf(same.text, same.words, false).directions);
  return isTurned ? { why: "The sentence points the other way than the source.", passage: same } : undefined;
}

/** Why a claim and a passage contradict each other, in a sentence. */
export interface Conflict {
  why: string;
  passage: Side;
  /** Which of the two says of the matter that it is not so, where that is all that is known. */
  denies?: "sentence" | "source";
}

/**
 * Whether a claim denies what the passages say, or says what they deny.
 * @param passages those that say much of what the claim says, the closest first
 * @param around those beside them, which count only where they say all that the claim denies
 */
export function denial(claim: Side, passages: Side[], around: Side[]): Conflict | undefined {
  const theirs = new Set([...passages, ...around].flatMap((p) => [...polarityOf(p.text, p.words, false).denied]));
  const union = new Set(passages.flatMap((passage) => [...passage.keys]));
  for (const reach of polarityOf(claim.text, claim.words, true).denials) {
    const passage =
      passages.find((each) => each.keys.has(reach[0] ?? "") && isSaid(reach, union)) ??
      around.find((each) => reach.length > 1 && reach.every((key) => each.keys.has(key)));
    const isOpen = [...passages, ...around].some((each) => OPEN.test(each.text));
    if (
      passage &&
      !isOpen &&
      !reach.some((key) => isDeniedIn(key, passage)) &&
      !isGone(passage.text) &&
      !isUndone(passage.text) &&
      !reach.some((key) => theirs.has(key))
    ) {
      return { why: "The sentence denies what the source says.", passage, denies: "sentence" };
    }
  }
  const isPlain = polarityOf(claim.text, claim.words, true).denials.length > 0;
  const ours = polarityOf(claim.text, claim.words, false);
  for (const [i, passage] of passages.entries()) {
    for (const reach of polarityOf(passage.text, passage.words, true).denials) {
      const isDenied = reach.some((key) => claim.keys.has(key) && ours.denied.has(key));
      // "Visits increased. Loans did not increase.": the claim is on what stands closer.
      const isAffirmed = passages.slice(0, i).some((closer) => isAffirmedIn(reach[0], closer));
      const isExcused = !isPlain && mayDeny(claim.text, passage.text);
      if (isSaid(reach, claim.keys) && !isDenied && !isAffirmed && !isExcused)
        return { why: "The sentence says what the source denies.", passage, denies: "source" };
    }
  }
  for (const passage of polarityOf(claim.text, claim.words, true).denials.length === 0 ? around : []) {
    // "There is no sign that it was exploited." speaks of what stands before it, in few words of its own.
    const [reach, ...more] = polarityOf(passage.text, passage.words, true).denials;
    if (!reach || more.length > 0 || !/\b(?:it|they|this|these)\b/i.test(passage.text)) continue;
    const own = [...passage.keys].filter((key) => claim.keys.has(key)).length;
    if (own * 2 >= passage.keys.size && reach.every((key) => claim.keys.has(key) && !ours.denied.has(key)))
      return { why: "The sentence says what the source denies.", passage, denies: "source" };
  }
  return undefined;
}

/** What is no more is denied by the word for it. */
function isGone(text: string): boolean {
  return /\b(?:vanish|disappear|cease|lapse|expire|quit|gave up|given up|died out)\p{Ll}*\b/iu.test(text);
}

/** "A tax that was dropped": what has been undone is no more. */
function isUndone(text: string): boolean {
  return /\b(?:was|were|been|is|are) (?:later |then |since |finally )?(?:dropped|scrapped|shelved|abandoned|abolished|lifted|repealed|rejected|cancelled|withdrawn|turned down|called off)\b/i.test(
    text,
  );
}

/** "Trawling is not": what the clause with a word says without that word beside it. */
function isDeniedIn(key: string, side: Side): boolean {
  return clausesOf(side.text, side.words).some((each) => each.keys.has(key) && each.isDenied);
}

/** What is still open has not been done. */
const OPEN = /\bstill (?:open|outstanding|pending|missing)\b|\b(?:unresolved|outstanding|yet to be)\b/i;

function isAffirmedIn(key: string | undefined, side: Side): boolean {
  return key !== undefined && side.keys.has(key) && !polarityOf(side.text, side.words, false).denied.has(key);
}

/** Whether a text says what a negation elsewhere denies: the nearest word of it, and more than half of the rest. */
function isSaid(reach: string[], keys: Set<string>): boolean {
  const said = reach.filter((key) => keys.has(key));
  return (
    reach[0] !== undefined && reach[0] === said[0] && (said.length === reach.length || said.length * 2 > reach.length)
  );
}

/** One text with its words. */
export interface Side {
  text: string;
  words: Word[];
  keys: Set<string>;
}

/** Whether two texts point in opposite ways, in a family of words of which each has one side only. */
function turned(claim: Set<string>, passage: Set<string>): boolean {
  const moves = (side: Set<string>): boolean => side.has("up") || side.has("down");
  if (moves(claim) && passage.has("same") && !passage.has("changed") && !moves(passage) && !claim.has("same"))
    return true;
  return [...claim].some((way) => !claim.has(otherWay(way)) && passage.has(otherWay(way)) && !passage.has(way));
}
