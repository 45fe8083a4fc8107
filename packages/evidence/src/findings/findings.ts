import { type JudgedHypothesis, judgeHypothesis } from "./certitude.js";
import { type FindingClaim, type FindingSource, type Hypothesis, questionsOf } from "./claim.js";
import { type Conflict, findConflicts } from "./conflicts.js";
import { type Gap, gapsOf } from "./gaps.js";
import { type ClaimRow, claimMatrix, groupSame } from "./matrix.js";
import { statementsOf } from "./statement.js";

/** What recorded claims come to. */
export interface Findings {
  readonly claims: readonly ClaimRow[];
  readonly hypotheses: readonly JudgedHypothesis[];
  readonly conflicts: readonly Conflict[];
  readonly gaps: readonly Gap[];
}

/** Numbers say who came first to record a claim, which changes from run to run: what claims come to does not depend on it. */
function bySource(a: FindingClaim, b: FindingClaim): number {
  const [one = "", other = ""] = [a, b].map(({ support }) => support[0]?.source);
  return one.localeCompare(other, "en", { numeric: true }) || (a.text < b.text ? -1 : a.text > b.text ? 1 : 0);
}

/** Claims that are compared with each other; the work grows with the square of their number. */
const MOST_CLAIMS = 500;

/**
 * Sets claims against sources and against each other: who says what, how sure one may be of it, where sources disagree and what settles that, and
 * what is missing. Pure and deterministic.
 * @param o.questions what was asked; questions that claims name are added
 * @param o.now milliseconds since 1970, by which sources age
 */
export function findingsOf(o: {
  claims: readonly FindingClaim[];
  sources: readonly FindingSource[];
  questions?: readonly string[];
  hypotheses?: readonly Hypothesis[];
  now: number;
}): Findings {
  const claims = o.claims.slice(0, MOST_CLAIMS).sort(bySource);
  const sources = new Map(o.sources.map((source) => [source.id, source]));
  const groups = groupSame(statementsOf(claims, sources));
  const firsts = groups.flatMap(([first, ...others]) =>
    first === undefined ? [] : [{ ...first, sources: new Set([first, ...others].flatMap((one) => [...one.sources])) }],
  );
  const conflicts = findConflicts(firsts, sources);
  const rows = claimMatrix(groups, conflicts, sources, o.now);
  const hypotheses = (o.hypotheses ?? []).map((one) => judgeHypothesis(one, claims, sources, o.now));
  const asked = new Set([...(o.questions ?? []), ...claims.flatMap(questionsOf)]);
  return { claims: rows, hypotheses, conflicts, gaps: gapsOf([...asked], hypotheses, rows) };
}
