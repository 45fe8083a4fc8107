import type { Aligned } from "./align.js";
import { type Clause, clausesOf, mayDenyInAll } from "./denial.js";
import { holds } from "./lexicon/related.js";
import { wordsOf } from "./words.js";

const NEGATOR =
  /\b(?:not(?! only| just| merely)|no(?! more than| less than| doubt)|never|none|neither|nobody|nothing|cannot)\b|n['’]t\b/iu;
/** "Never before had there been so many", "not once since 1963": what is denied is that there was another. */
const COMPARES =
  /\b(?:never|not|no|none|nobody|nothing)\b.{0,30}?\b(?:before|since|again|so|such|than|other|else|once|as \p{L}+ as)\b/iu;
/** Words behind a denial that it reaches. */
const REACH = 5;
/** A clause that denies nothing speaks of what is denied where it has so much of the words of the clause that denies. */
const SPEAKS_OF_IT = 0.35;
/** So much, where both say it of the same subject. */
const OF_SAME_SUBJECT = 0.25;
/** With so much of it, the word next to the denial is enough. */
const SPEAKS_OF_NOTHING_ELSE = 0.5;
/** With so much of it, a clause beside it that may deny something denies something else. */
const CLEAR = 0.6;
/** A clause that denies must speak of it this much, compared with the one that does not, to bear the denial out. */
const NEARLY = 0.6;
/** "No outlet is required" is denied by "only through an outlet", which itself is no denial. */
const REQUIRES = /\b(?:required|needed|necessary|compulsory|obligatory)\b/i;
const ONLY_SO = /\bonly (?=(?:through|with|after|if|by|when|under)\b)/gi;

/**
 * The clause of a source that says what a clause of the claim denies, while none that speaks of it nearly as much may deny it; undefined where there is
 * none.
 * @param aligned clauses of the source, scored by the words of that clause, the best first
 */
export function affirmed(own: Clause, aligned: readonly Aligned[]): Aligned | undefined {
  const at = NEGATOR.exec(own.text);
  if (!own.isDenied || !at || COMPARES.test(own.text)) return undefined;
  // "It delayed no deliveries": what is denied is the delay.
  const verb = at[0].toLowerCase() === "no" ? verbBefore(own.text.slice(0, at.index)) : [];
  const reach = [...verb, ...keysOf(own.text.slice(at.index))].slice(0, REACH);
  const subject = keysOf(own.text.slice(0, at.index))[0];
  const best = aligned.find((each) => !each.clause.isDenied && (isSaid(reach, each) || isSaidOf(subject, reach, each)));
  // "The first attack but not the second", of the second.
  if (!best || clausesOf(best.passage.text, best.passage.words).some((each) => isOf(own, each))) return undefined;
  const mayDenyIt = (text: string): boolean =>
    mayDenyInAll(REQUIRES.test(own.text) ? text.replace(ONLY_SO, "") : text, own.text);
  const isClear = best.score >= CLEAR;
  const isBorneOut = aligned.some(
    ({ clause, score }) =>
      score >= NEARLY * best.score && (isClear && clause !== best.clause ? clause.isDenied : mayDenyIt(clause.text)),
  );
  return isBorneOut || (!isClear && mayDenyIt(saidOf(own, best.passage))) ? undefined : best;
}

/** A passage without what it denies of something else: "the first attack but not the second", of the first. */
function saidOf(own: Clause, { text, words }: Aligned["passage"]): string {
  const clauses = clausesOf(text, words);
  return clauses.flatMap((clause) => (clause.isElliptic && !isOf(own, clause) ? [] : [clause.text])).join(" ");
}

/** Whether a clause without a verb of its own denies something of what the claim speaks of. */
function isOf(own: Clause, { isElliptic, keys }: Clause): boolean {
  return isElliptic === true && [...keys].some((key) => holds(own.keys, key));
}

/** What is denied stands there: the word next to the denial, or most of what it reaches. */
function isSaid(reach: readonly string[], { clause, score }: Aligned): boolean {
  if (score < SPEAKS_OF_IT) return false;
  const said = reach.filter((key) => holds(clause.keys, key));
  if (said.length > 1) return said[0] === reach[0] || said.length * 2 > reach.length;
  return said.length === 1 && said[0] === reach[0] && (reach.length === 1 || score >= SPEAKS_OF_NOTHING_ELSE);
}

/** "The board has engaged recruiters": of the same subject, with something of what is denied of it. */
function isSaidOf(subject: string | undefined, reach: readonly string[], { clause, score }: Aligned): boolean {
  return score >= OF_SAME_SUBJECT && keysOf(clause.text)[0] === subject && reach.some((key) => holds(clause.keys, key));
}

function verbBefore(text: string): string[] {
  const last = wordsOf(text).at(-1);
  return last && !last.isStop ? [last.key] : [];
}

function keysOf(text: string): string[] {
  return wordsOf(text).flatMap(({ key, isStop, text: word }) => (isStop || /\d|^whether$/i.test(word) ? [] : [key]));
}
