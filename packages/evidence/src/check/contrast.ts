import { affirmed } from "./affirmed.js";
import { type Aligned, align } from "./align.js";
import type { Claim } from "./claim.js";
import type { Corpus } from "./corpus.js";
import {
  type Clause,
  clausesOf,
  denialsIn,
  deniedKeys,
  denyingKeys,
  isInstead,
  mayDeny,
  mayDenyInAll,
} from "./denial.js";
import { holds } from "./lexicon/related.js";
import { areOpposite, isBound, otherWay } from "./opposites.js";
import { MOVES, type Pointer, pointersOf } from "./pointers.js";
import type { Conflict } from "./polarity.js";
import { otherShare } from "./quantifiers.js";
import type { Passage, PreparedSource } from "./source.js";
import { coverageOf } from "./window.js";
import { type Word, wordsOf } from "./words.js";

/** A clause of a source that has so much of the claim's wording is where the source speaks of it. */
const SPEAKS_OF_IT = 0.2;
/** A clause that says the same must speak of it nearly as much as the one that says the contrary. */
const CLEARLY = 0.8;

/** What is in the title of a source stands over all of it, and tells no passage from another. */
const FEWEST_TELLING = 2;
/** With fewer words of its own a claim is on the matter of the whole source. */
const FEWEST_OF_ITS_OWN = 3;
/** A clause with so much of a claim says it, whichever way it points. */
const SAYS_ALL = 0.6;
const FEWEST_KEYS = 3;

/**
 * Whether the clause of a source that speaks of what a claim says denies it while the claim denies nothing, or points the other way than the claim
 * does.
 */
export function contrast(
  claim: Claim,
  passages: readonly Passage[],
  source: PreparedSource,
  corpus: Corpus,
): Conflict | undefined {
  const telling = new Set([...claim.keys].filter((key) => !source.titleKeys.has(key)));
  const keys = telling.size >= FEWEST_KEYS ? telling : claim.keys;
  const aligned = align(keys, passages, corpus);
  const denied = deniedIn(keys, aligned, corpus);
  const why =
    denied && isMuch(denied) && !isOfFamily(claim, denied.by) ? whyDenied(keys, denied.by, aligned) : undefined;
  if (denied && why !== undefined && !saysOtherwise(claim.text, denied.by))
    return { why, passage: denied.by.passage, denies: "source" };
  const clauses = clausesOf(claim.text, claim.words);
  for (const own of clauses) {
    const other = otherShare(own, aligned);
    if (other) return { why: other.why, passage: other.by.passage };
  }
  for (const own of clauses.filter(({ isElliptic }) => isElliptic !== true)) {
    const ownKeys = new Set([...own.keys].filter((key) => keys.has(key)));
    const by = own.isDenied && ownKeys.size > 0 ? affirmed(own, align(ownKeys, passages, corpus)) : undefined;
    if (by) return { why: "The sentence denies what the source says.", passage: by.passage, denies: "sentence" };
    const denying = ownKeys.size >= FEWEST_TELLING ? plainlyDenied(own, align(ownKeys, passages, corpus)) : undefined;
    if (denying && !saysOtherwise(claim.text, denying) && !isOfFamily(claim, denying))
      return { why: "The sentence says what the source denies.", passage: denying.passage, denies: "source" };
  }
  const against = opposed(claim, aligned, false);
  if (against || telling.size >= FEWEST_OF_ITS_OWN) return against;
  // Of a claim on nothing but the title's matter, what a clause itself says of that tells which one speaks of it.
  const ofTitle = align(claim.keys, passages, corpus, { withHeadings: false });
  if ((ofTitle[0]?.score ?? 0) >= SAYS_ALL) return undefined;
  return opposed(
    claim,
    ofTitle.filter(({ clause }) => isPointing(clause)),
    true,
  );
}

function isPointing({ text }: Clause): boolean {
  return pointersOf(text).some(({ ways }) => ways.length > 0);
}

/** A clause that speaks so much of a clause of the claim, and more than any that denies nothing, is what the source says of it. */
const PLAINLY = 0.5;

/** Words next to a denial, of which the claim must have one. */
const NEXT = 2;
/** "No hint of which way they would move": what hangs on a clause is denied with it. */
const HANGS = /^\P{L}*(?:which|who|whose|where|when|as|since|until|because|whether)\b/iu;

/** "Without new funding there will be no version 5": a condition, and not what is denied. */
const WITHOUT = /\bwithout\b/i;

function plainlyDenied(own: Clause, aligned: readonly Aligned[]): Aligned | undefined {
  const [by] = aligned;
  if (own.isDenied || HANGS.test(own.text) || !by?.clause.isDenied || by.score < PLAINLY) return undefined;
  const isSaid = aligned.some(({ clause, score }) => !clause.isDenied && score >= CLEARLY * by.score);
  return !isSaid &&
    !WITHOUT.test(by.clause.text) &&
    deniedKeys(by.clause)
      .slice(0, NEXT)
      .some((key) => holds(own.keys, key))
    ? by
    : undefined;
}

/** A clause with so much of a claim speaks of nothing else. */
const HALF = 0.5;

/** Undefined where a single word of the claim stands beside a denial of something else. */
function whyDenied(
  keys: ReadonlySet<string>,
  { clause, passage, score }: Aligned,
  aligned: readonly Aligned[],
): string | undefined {
  if (deniedKeys(clause).some((key) => holds(keys, key))) return "The sentence says what the source denies.";
  // "The club did not merge and continues as a society": the same sentence says as much of the claim where it denies nothing.
  if (aligned.some((other) => other.passage === passage && !other.clause.isDenied && other.score >= score))
    return undefined;
  const denying = denyingKeys(clause);
  const shared = [...keys].filter((key) => holds(clause.keys, key) && !denying.includes(key)).length;
  return shared > 1 || (shared > 0 && keys.size > FEWEST_TELLING) || score >= HALF
    ? "The source says of this only what is not so."
    : undefined;
}

/** Letters of a word that another one of its family begins with. */
const ROOT = 5;

/** "With an exemption" is no contrary of "are exempt". */
function isOfFamily({ text, keys }: Claim, { clause }: Aligned): boolean {
  const isOf = (key: string) => [...keys].some((own) => own.startsWith(key) || key.startsWith(own));
  return denialsIn(text) === 0 && denyingKeys(clause).some((key) => key.length >= ROOT && isOf(key));
}

/** A clause that has less than this part of what the best one has speaks of something else. */
const NEAR = 0.4;

/** The clause that denies the most of a claim which no other clause says, and the share of what the clauses say of it. */
function deniedIn(keys: Set<string>, aligned: Aligned[], corpus: Corpus): { by: Aligned; share: number } | undefined {
  const said = (from: Aligned[]): number =>
    coverageOf(
      keys,
      from.map(({ clause }) => ({ keys: clause.keys, context: NO_CONTEXT })),
      corpus,
    );
  const near = aligned.filter(({ score }) => score >= NEAR * (aligned[0]?.score ?? 0));
  const all = said(near);
  let most: { by: Aligned; share: number } | undefined;
  for (const by of near.filter(({ clause }) => clause.isDenied)) {
    const share = all === 0 ? 0 : (all - said(near.filter((other) => other !== by))) / all;
    if (!most || share > most.share) most = { by, share };
  }
  return most;
}

const NO_CONTEXT: ReadonlySet<string> = new Set();
/** "Stayed open" is what "did not close" comes to. */
function saysOtherwise(text: string, { clause, passage }: Aligned): boolean {
  if (mayDenyInAll(text, passage.text) || isInstead(text, passage.text)) return true;
  if (HARMLESS.test(clause.text) && !HARM.test(text)) return true;
  const theirs = pointersOf(clause.text);
  return pointersOf(text).some(({ word, ways }) =>
    theirs.some(
      (each) =>
        each.isTurned && (ways.some((way) => each.ways.includes(otherWay(way))) || areOpposite(word, each.word)),
    ),
  );
}

/** What nobody wishes for. */
const HARMS =
  "loss|lost|harm|damage|injur|hurt|error|defect|problem|fault|delay|victim|duplicat|fail|concern|objection|doubt|worr|complain|obstacle|limit|restrict|charge|fee|interrupt|disturb|fear|anxi|trouble|bother";
const HARM = new RegExp(String.raw`\b(?:${HARMS})`, "i");
/** Who says that there was no harm says that all was well. */
const HARMLESS = new RegExp(
  String.raw`\b(?:no|not|without|hardly any|none|nobody|never)\b[^,;.]{0,30}?\b(?:${HARMS})`,
  "i",
);

/** So much of what a source says of a claim must be said in the clause that denies it, and nowhere else; less where that clause has much of the claim. */
const MUCH = 0.4;
const MUCH_THERE = 0.25;

function isMuch({ by, share }: { by: Aligned; share: number }): boolean {
  return share >= MUCH || (share >= MUCH_THERE && by.score >= SPEAKS_OF_IT);
}

/** "Below the limit in all but two": two are above it. */
const EXCEPT = /\b(?:all but|except(?:ing)?|apart from|other than)\b/i;
const FEW = /\b(?:only|few|one|two|three|four|five|six|seven|eight|nine|ten|\d+)\b/i;
/** Clauses that are looked at for an opposite. */
const CLOSEST = 4;

function opposed(claim: Claim, aligned: readonly Aligned[], isOfTitle: boolean): Conflict | undefined {
  const least = Math.max(SPEAKS_OF_IT, 0.6 * (aligned[0]?.score ?? 0));
  const near = aligned.filter(({ score }) => score >= least).slice(0, CLOSEST);
  const [opening] = clausesOf(claim.text, claim.words);
  const ofSubject = aligned.filter(
    (each) => !near.includes(each) && each.score >= SPEAKS_OF_IT && opening && isOfSameSubject(opening, each.clause),
  );
  const close = [...near, ...ofSubject];
  for (const own of clausesOf(claim.text, wordsOf(claim.text))) {
    if (IS_CONDITION.test(own.text)) continue;
    const pairs = (FEW.test(own.text) ? close.filter(({ clause }) => !EXCEPT.test(clause.text)) : close).map(
      ({ clause, passage, score }) => ({
        passage,
        score,
        pair: opposites(own, clause, { claim, passage, isOfTitle }),
      }),
    );
    for (const { passage, score, pair } of pairs) {
      if (pair === undefined || pair === "alike") continue;
      const isSaid = pairs.some((other) => other.pair === "alike" && other.score >= CLEARLY * score);
      if (!isSaid) return { why: `The sentence says “${pair[0]}” where the source says “${pair[1]}”.`, passage };
    }
  }
  return undefined;
}

/** "If the loads differ": what is set as a condition is not said to be so. */
const IS_CONDITION = /^\P{L}*(?:if|unless|whether)\b/iu;

/** Words with which a clause names whom it is about. */
const SUBJECT = 2;

/** "Councillor Grieve backed it" and "Councillor Grieve spoke against it": the two words that both open with, a name among them. */
function isOfSameSubject(a: Clause, b: Clause): boolean {
  const [ours, theirs] = [a, b].map(({ text }) =>
    wordsOf(text)
      .filter(({ isStop }) => !isStop)
      .slice(0, SUBJECT),
  );
  const isName = ours?.some(({ text, start }) => start > 0 && /^\p{Lu}/u.test(text)) === true;
  return isName && ours?.length === SUBJECT && ours.every(({ key }, i) => theirs?.[i]?.key === key);
}

/** A word of each clause about the same thing that are against each other; "alike" where both point the same way. */
function opposites(
  own: Clause,
  other: Clause,
  o: { claim: Claim; passage: Passage; isOfTitle: boolean },
): [string, string] | "alike" | undefined {
  const ours = pointersOf(own.text).filter(({ isClear }) => isClear);
  const theirs = pointersOf(other.text).filter(({ isClear }) => isClear);
  // "Lower in one, higher in the other": who says both is not against either.
  const [allOurs, allTheirs] = [o.claim.text, o.passage.text].map((text) =>
    pointersOf(text).flatMap(({ ways }) => ways),
  );
  for (const { word, ways, isTurned, about, moved } of ours) {
    const isAbout = [...about, ...(o.isOfTitle ? moved : [])].some((key) => holds(other.keys, key));
    if (other.keys.has(word.key)) {
      const same = theirs.find((each) => each.word.key === word.key);
      if (isAbout && same && ways.length > 0 && isTurned && !same.isTurned && !mayDeny(other.text, own.text)) {
        const isSaidToo = pointersOf(own.text).some((each) => each.word.key === word.key && !each.isTurned);
        if (!isSaidToo) return [`not ${word.text}`, same.word.text];
      }
      if (
        isAbout &&
        same?.isTurned &&
        !isTurned &&
        VERB.test(word.text) &&
        VERB.test(same.word.text) &&
        !mayDeny(o.claim.text, other.text)
      )
        return [word.text, `not ${same.word.text}`];
      continue;
    }
    if (!isAbout) continue;
    for (const way of ways) {
      const points = (each: Pointer, to: string): boolean =>
        each.ways.includes(isTurned === each.isTurned ? to : otherWay(to));
      if (theirs.some((each) => points(each, way))) return "alike";
      const stays =
        MOVES.test(way) &&
        !mayDeny(own.text, other.text) &&
        !theirs.some((each) => each.ways.some((to) => MOVES.test(to)));
      const against = theirs.find((each) => points(each, otherWay(way)) || (stays && points(each, "same")));
      const isBoth = allOurs?.includes(otherWay(way)) || (!isTurned && !against?.isTurned && allTheirs?.includes(way));
      if (against && !isBoth) return [word.text, against.word.text];
    }
    if (isTurned) continue;
    const against = isBound(own.text, word)
      ? undefined
      : theirs.find((each) => !each.isTurned && areOpposite(word, each.word));
    // "21 percent less, although 9 percent more was processed": who has both words is not against either.
    const hasBoth = against && (has(o.claim, against.word) || has(o.passage, word));
    if (against && !hasBoth) return [word.text, against.word.text];
  }
  return undefined;
}

function has({ words }: Pick<Claim, "words">, { key }: Word): boolean {
  return words.some((word) => word.key === key);
}

const VERB = /(?:ed|ing|en)$/i;
