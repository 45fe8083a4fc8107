import { sameDate } from "../check/dates.js";
import { agrees } from "../check/numbers.js";
import { conflict as denial } from "../check/polarity.js";
import { certitude, witnessesOf } from "./certitude.js";
import { type FindingClaim, type FindingSource, questionsOf } from "./claim.js";
import type { Conflict } from "./conflicts.js";
import { type Statement, shared } from "./statement.js";

/** One claim, whoever has recorded it, against all sources. */
export interface ClaimRow {
  /** Ids of the claims that say it, the first one's text stands for them. */
  readonly claims: readonly string[];
  readonly text: string;
  /** Under which it is told: the first of the questions that it answers. */
  readonly question?: string;
  readonly questions: readonly string[];
  /** Ids of sources. */
  readonly says: readonly string[];
  readonly contradicts: readonly string[];
  /** Sources of which no claim was recorded on it. */
  readonly silent: readonly string[];
  /** 0.02 to 0.98, by the sources that say it and those that contradict it. */
  readonly certitude: number;
}

/** Words that two claims share that say the same. */
const SAME = 0.6;

/** Claims that say nearly the same, together; each claim is in one group. */
export function groupSame(statements: readonly Statement[]): Statement[][] {
  const groups: Statement[][] = [];
  for (const statement of statements) {
    const known = groups.find(([first]) => first !== undefined && isSame(first, statement));
    if (known === undefined) groups.push([statement]);
    else known.push(statement);
  }
  return groups;
}

/** The matrix of claims and sources. `now`: milliseconds since 1970. */
export function claimMatrix(
  groups: readonly (readonly Statement[])[],
  conflicts: readonly Conflict[],
  sources: ReadonlyMap<string, FindingSource>,
  now: number,
): ClaimRow[] {
  const claims = new Map(groups.flat().map(({ claim }) => [claim.id, claim]));
  const against = new Map<string, FindingClaim[]>();
  for (const { first, second, settled } of conflicts) {
    // Where both may hold, neither contradicts the other.
    if (settled === "time" || settled === "scope") continue;
    for (const [one, other] of [
      [first, claims.get(second)],
      [second, claims.get(first)],
    ] as const) {
      if (other !== undefined) against.set(one, [...(against.get(one) ?? []), other]);
    }
  }
  return groups.flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const support = group.flatMap(({ claim }) => claim.support);
    const questions = [...new Set(group.flatMap(({ claim }) => questionsOf(claim)))];
    const denied = group.flatMap(({ claim }) => against.get(claim.id) ?? []).flatMap((claim) => claim.support);
    const says = idsIn(support);
    const contradicts = idsIn(denied).filter((id) => !says.includes(id));
    const witnesses = [...witnessesOf(support, sources, "for"), ...witnessesOf(denied, sources, "against")];
    return [
      {
        claims: group.map(({ claim }) => claim.id),
        text: first.text,
        question: questions[0],
        questions,
        says,
        contradicts,
        silent: [...sources.keys()].filter((id) => !says.includes(id) && !contradicts.includes(id)),
        certitude: certitude(witnesses, now),
      },
    ];
  });
}

function idsIn(support: FindingClaim["support"]): string[] {
  return [...new Set(support.map(({ source }) => source))];
}

/** Whether two claims say the same: the same names, figures and dates, and mostly the same words, with nothing denied. */
function isSame(a: Statement, b: Statement): boolean {
  if (a.text === b.text) return true;
  if (shared(a.keys, b.keys) < SAME || a.names.size !== b.names.size || [...a.names].some((name) => !b.names.has(name)))
    return false;
  const matches = <T>(mine: readonly T[], theirs: readonly T[], is: (x: T, y: T) => boolean): boolean =>
    mine.length === theirs.length && mine.every((one) => theirs.some((other) => is(one, other) || is(other, one)));
  if (!matches(a.figures, b.figures, agrees) || !matches(a.dates, b.dates, sameDate)) return false;
  const side = ({ text, words, keys }: Statement) => ({ text, words, keys });
  return denial(side(a), [side(b)]) === undefined && denial(side(b), [side(a)]) === undefined;
}
