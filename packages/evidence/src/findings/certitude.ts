import { bearingsOf, type FindingClaim, type FindingSource, type Hypothesis } from "./claim.js";
import { originOf, weightOf } from "./weight.js";

/** One source's word for or against something. */
export interface Witness {
  readonly source: FindingSource;
  readonly stance: "for" | "against";
  /** Its words: who repeats another's word for word is the same witness. */
  readonly quote: string;
}

/** A certitude stays between these: no number of sources settles anything for good. */
const LEAST = 0.02;
const MOST = 0.98;

/**
 * How sure one may be, 0.02 to 0.98, of something that witnesses speak for and against; 0.5 without any. Log-odds are added, as for independent
 * pieces of evidence (I. J. Good, "Probability and the Weighing of Evidence", 1950: weight of evidence), from even odds:
 *
 *     ln(c / (1 - c)) = sum over origins, for minus against, of max over the origin's sources of (weight of its kind x 2^(-age / 3 years))
 *
 * Sources of one origin, and those with the same words, count once, by the heaviest. `now`: milliseconds since 1970.
 */
export function certitude(witnesses: readonly Witness[], now: number): number {
  const heaviest = new Map<string, number>();
  const origins = new Map<string, string>();
  for (const { source, stance, quote } of witnesses) {
    const words = folded(quote);
    const own = originOf(source);
    // A text that was taken over is its first author's word.
    const origin = words.length < LONG_ENOUGH ? own : (origins.get(words) ?? own);
    if (words.length >= LONG_ENOUGH) origins.set(words, origin);
    const key = `${stance} ${origin}`;
    heaviest.set(key, Math.max(heaviest.get(key) ?? 0, weightOf(source, now)));
  }
  let odds = 0;
  for (const [key, weight] of heaviest) odds += key.startsWith("for ") ? weight : -weight;
  return Math.min(MOST, Math.max(LEAST, 1 / (1 + Math.exp(-odds))));
}

/** Characters of a quotation that two do not choose by chance. */
const LONG_ENOUGH = 60;

/** A hypothesis with what speaks for it and against it. */
export interface JudgedHypothesis extends Hypothesis {
  readonly certitude: number;
  /** Ids of claims. */
  readonly for: readonly string[];
  readonly against: readonly string[];
}

/** How sure one may be of a hypothesis after all claims on it. */
export function judgeHypothesis(
  hypothesis: Hypothesis,
  claims: readonly FindingClaim[],
  sources: ReadonlyMap<string, FindingSource>,
  now: number,
): JudgedHypothesis {
  const bearing = claims.flatMap((claim) =>
    bearingsOf(claim).flatMap(({ id, stance }) => (id === hypothesis.id ? [{ claim, stance }] : [])),
  );
  const witnesses = bearing.flatMap(({ claim, stance }) => witnessesOf(claim.support, sources, stance));
  const idsOf = (on: Witness["stance"]) => bearing.flatMap(({ claim, stance }) => (stance === on ? [claim.id] : []));
  return { ...hypothesis, certitude: certitude(witnesses, now), for: idsOf("for"), against: idsOf("against") };
}

/** The sources behind a claim as witnesses. */
export function witnessesOf(
  support: FindingClaim["support"],
  sources: ReadonlyMap<string, FindingSource>,
  stance: Witness["stance"],
): Witness[] {
  return support.flatMap(({ source: id, quote }) => {
    const source = sources.get(id);
    return source === undefined ? [] : [{ source, stance, quote }];
  });
}

function folded(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
}
