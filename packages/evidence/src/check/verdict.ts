import type { Claim } from "./claim.js";
import type { Finding } from "./finding.js";
import type { Judgement } from "./judge.js";
import { isMostlyQuoted } from "./parts.js";
import type { Check, Verdict } from "./verification.js";

/** The strength of wording (`strengthOf`) that is needed where nothing else speaks for a source. */
const ENOUGH_ALONE = 0.43;
/** The same where a number, a date or a quotation of the claim was found; and where two were: what is not there has no two. */
const ENOUGH_WITH_FACT = 0.31;
const ENOUGH_WITH_FACTS = 0.22;
/** The same where no other source of the run has clearly more of the wording: who writes in words of their own cites this one. */
const ENOUGH_OF_ALL = 0.3;
const NO_LAG = -0.05;
const SOMETHING = 0.2;
const BEYOND_TITLE = 0.2;
/** What it counts that this source has more of the claim's words than the others, or fewer. */
const LEAD = 0.5;
const MOST_LEAD = 0.2;
const LAG = 0.3;

/**
 * How far one source bears a claim out.
 * @param findings those of the judgement, after the sources that are cited with it were heard
 * @param jointly weighted share of the claim's words in the passages of all sources that it cites, where there are more
 */
export function verdictOf(claim: Claim, own: Judgement, findings: Finding[], jointly: number | undefined): Verdict {
  const failures = findings.filter((finding) => !finding.passed);
  if (failures.some((finding) => finding.contradicts)) return "contradicted";
  const strength = strengthOf(own);
  const ownFacts = own.findings.filter((finding) => isFact(finding) && finding.passed);
  // A few quoted words stand in many a text; only what is said in another's words for the most part needs no others.
  const isQuoted = ownFacts.some((finding) => finding.kind === "quote") && isMostlyQuoted(claim);
  const needed = neededOf(claim, own);
  if (failures.some(isFact)) return ownFacts.length > 0 && strength >= needed ? "partial" : "not_found";
  if (strength < SOMETHING && !isQuoted) return "not_found";
  if (failures.length > 0) return strength >= ENOUGH_ALONE ? "partial" : "not_found";
  // A source that is cited with others must itself bring something.
  if (jointly !== undefined && findings.some(isFact) && ownFacts.length === 0)
    return strength >= ENOUGH_ALONE ? "supported" : "partial";
  if (isSubjectOnly(own)) return "partial";
  return isQuoted || strength >= needed || isPart(own, jointly) ? "supported" : "partial";
}

/** Of two sources each need only have its part, of a claim that they have together. */
const TOGETHER = 0.5;
const PART = 0.25;

function isPart({ coverage, lead }: Judgement, jointly: number | undefined): boolean {
  return jointly !== undefined && jointly >= TOGETHER && coverage >= PART && lead > -PART;
}

/** What the wording alone says, for a person. */
export function overlapCheck(id: string, claim: Claim, own: Judgement, jointly: number | undefined): Check {
  const share = Math.round(100 * own.coverage);
  const isEnough = strengthOf(own) >= neededOf(claim, own) || isPart(own, jointly);
  const isLess = own.lead < 0 && own.coverage >= neededOf(claim, own);
  const elsewhere = isLess ? " Another source has more of it." : "";
  const subject = isSubjectOnly(own) ? " Hardly any of that is more than the source's title." : "";
  return {
    id,
    kind: "overlap",
    passed: isEnough && !isSubjectOnly(own),
    detail: `${share} % of the sentence's wording, by weight, is in the passages.${elsewhere}${subject}`,
  };
}

/** The subject of a source is in each of its passages: what is said of it must be there, too. */
function isSubjectOnly({ findings, beyondTitle }: Judgement): boolean {
  return beyondTitle < BEYOND_TITLE && !findings.some((finding) => isFact(finding) && finding.passed);
}

/**
 * The wording that a claim shares with the passages it rests on. Who swaps two sources cites one that has fewer of the claim's
 * words than another one; who writes in words of their own still cites the one that has most of them.
 */
function strengthOf({ coverage, lead }: Judgement): number {
  return coverage + (lead < 0 ? LAG * lead : Math.min(MOST_LEAD, LEAD * lead));
}

function neededOf(claim: Claim, { findings, lead }: Judgement): number {
  const telling = findings.filter((finding) => finding.passed && isTelling(finding)).length;
  if (claim.keys.size <= 2 && telling < 2) return ENOUGH_ALONE;
  // Of a run with one source nobody knows whether another one would have had more.
  if (telling === 0) return lead !== 0 && lead >= NO_LAG ? ENOUGH_OF_ALL : ENOUGH_ALONE;
  return telling === 1 ? ENOUGH_WITH_FACT : ENOUGH_WITH_FACTS;
}

function isFact({ kind }: Finding): boolean {
  return kind === "number" || kind === "date" || kind === "quote";
}

/** "Two" and "3" stand in any text; "38", "4.6%" and "May 2025" do not. */
function isTelling(finding: Finding): boolean {
  return (
    isFact(finding) && (finding.kind !== "number" || /\d\d|[%$€£¥]|\d[.,]\d|\p{L}+[\s-]\p{L}+/u.test(finding.what))
  );
}
