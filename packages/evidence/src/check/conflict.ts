import type { Claim } from "./claim.js";
import { contrast } from "./contrast.js";
import type { Corpus } from "./corpus.js";
import { isInstead } from "./denial.js";
import { isExplained, meetings, opposedBy } from "./meetings.js";
import { type Conflict, denial } from "./polarity.js";
import { otherSignificance } from "./significance.js";
import { neighbours, type Passage, type PreparedSource } from "./source.js";
import { closest, coverageOf } from "./window.js";

/** A passage whose wording is this close to the claim speaks of the same thing. */
const SAME_SUBJECT = 0.4;
/** Passages of the whole source, those with most of the claim's wording, in which its contrary is looked for. */
const ELSEWHERE = 8;
/** Sentences behind one that a claim rests on which may say more of the same. */
const BEHIND = 2;

/** Where a contradiction can stand: in passages that say much of the claim, the closest first, and in those around. */
export function conflictWith(
  claim: Claim,
  source: PreparedSource,
  corpus: Corpus,
  rests: Set<Passage>,
): Conflict | undefined {
  const candidates = new Set([...rests, ...[...rests].flatMap((passage) => neighbours(passage, source))]);
  const ranked = [...candidates]
    .map((passage) => ({ passage, score: coverageOf(claim.keys, [passage], corpus) }))
    .sort((a, b) => b.score - a.score);
  const [close, others] = [true, false].map((isClose) =>
    ranked.filter(({ score }) => score >= SAME_SUBJECT === isClose).map(({ passage }) => passage),
  );
  const elsewhere = closest(claim.keys, source, corpus, ELSEWHERE).map((passage) => ({ passage }));
  const all = [...new Set([...ranked, ...elsewhere].map(({ passage }) => passage))];
  const further = [...rests].flatMap(({ index, section }) =>
    source.passages.slice(index + 1, index + 1 + BEHIND).filter((passage) => passage.section === section),
  );
  const met = meetings(claim, [...new Set([...all, ...further])], source, corpus);
  const found =
    otherSignificance(claim, source.passages, corpus) ??
    deniedBy(claim, close ?? [], others ?? []) ??
    contrast(claim, all, source, corpus);
  return found && !isExplained(found, met) ? found : opposedBy(met);
}

function deniedBy(claim: Claim, close: Passage[], others: Passage[]): Conflict | undefined {
  const found = denial(claim, close, others);
  return found && isInstead(claim.text, found.passage.text) ? undefined : found;
}
