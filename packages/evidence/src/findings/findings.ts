import { type JudgedHypothesis, judgeHypothesis } from "./certitude.js";
import { type FindingClaim, type FindingSource, type Hypothesis, questionsOf } from "./claim.js";
import { type Conflict, findConflicts } from "./conflicts.js";
import { type Gap, gapsOf } from "./gaps.js";
import { type ClaimRow, claimMatrix, groupSame } from "./matrix.js";
import { type Statement, statementsOf } from "./statement.js";

/** What recorded claims come to. */
export interface Findings {
  readonly claims: readonly ClaimRow[];
  readonly hypotheses: readonly JudgedHypothesis[];
  readonly conflicts: readonly Conflict[];
  readonly gaps: readonly Gap[];
  /** Which claims were not compared with which, in sentences: what they share, and where they disagree, nobody has looked at. */
  readonly notCompared: readonly string[];
}

/** Numbers say who came first to record a claim, which changes from run to run: what claims come to does not depend on it. */
function bySource(a: FindingClaim, b: FindingClaim): number {
  const [one = "", other = ""] = [a, b].map(({ support }) => support[0]?.source);
  return one.localeCompare(other, "en", { numeric: true }) || (a.text < b.text ? -1 : a.text > b.text ? 1 : 0);
}

/** Claims that are compared with each other; the work grows with the square of their number. */
const MOST_COMPARED = 500;

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
  const claims = [...o.claims].sort(bySource);
  const sources = new Map(o.sources.map((source) => [source.id, source]));
  const { together, alone, notCompared } = parted(statementsOf(claims, sources));
  const same = together.map(groupSame);
  const conflicts = same.flatMap((groups) => findConflicts(groups.flatMap(asOne), sources));
  const rows = claimMatrix([...same.flat(), ...alone.map((one) => [one])], conflicts, sources, o.now);
  const hypotheses = (o.hypotheses ?? []).map((one) => judgeHypothesis(one, claims, sources, o.now));
  const asked = new Set([...(o.questions ?? []), ...claims.flatMap(questionsOf)]);
  return { claims: rows, hypotheses, conflicts, gaps: gapsOf([...asked], hypotheses, rows), notCompared };
}

/** Claims that say the same, as the first of them with the sources of all. */
function asOne([first, ...others]: readonly Statement[]): Statement[] {
  if (first === undefined) return [];
  return [{ ...first, sources: new Set([first, ...others].flatMap((one) => [...one.sources])) }];
}

/** What is compared: everything with everything as long as that is quick; else what answers one question first, as much of it as is quick. */
function parted(statements: readonly Statement[]): {
  together: (readonly Statement[])[];
  alone: readonly Statement[];
  notCompared: readonly string[];
} {
  if (statements.length <= MOST_COMPARED) return { together: [statements], alone: [], notCompared: [] };
  const byQuestion = new Map<string, Statement[]>();
  for (const statement of statements) {
    const [question = ""] = questionsOf(statement.claim);
    const known = byQuestion.get(question);
    if (known === undefined) byQuestion.set(question, [statement]);
    else known.push(statement);
  }
  const parts = [...byQuestion].map(([question, all]) => ({ question, all, rest: all.slice(MOST_COMPARED) }));
  const cut = parts.filter(({ rest }) => rest.length > 0);
  return {
    together: parts.map(({ all }) => all.slice(0, MOST_COMPARED)),
    alone: parts.flatMap(({ rest }) => rest),
    notCompared: [
      `There are ${statements.length} claims, more than ${MOST_COMPARED}: each was compared only with those of the same question.`,
      ...cut.map(({ question, all, rest }) => {
        const on = question === "" ? "for no question" : `for “${question}”`;
        return `Of the ${all.length} claims recorded ${on}, ${rest.length} were compared with no other.`;
      }),
    ],
  };
}
