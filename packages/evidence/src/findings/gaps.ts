import type { JudgedHypothesis } from "./certitude.js";
import type { ClaimRow } from "./matrix.js";

/** What the evidence does not settle. */
export interface Gap {
  readonly kind: "no_evidence" | "weak_evidence" | "undecided";
  /** The question or hypothesis. */
  readonly about: string;
  readonly reason: string;
}

/** From here on a claim is well borne out: one official source, or two independent unknown ones. */
const WELL_BORNE_OUT = 0.7;
/** A hypothesis between these is undecided. */
const UNDECIDED = { from: 0.35, to: 0.65 };

/** Questions and hypotheses without a good source. */
export function gapsOf(
  questions: readonly string[],
  hypotheses: readonly JudgedHypothesis[],
  rows: readonly ClaimRow[],
): Gap[] {
  const gaps: Gap[] = [];
  for (const about of questions) {
    const on = rows.filter(({ questions }) => questions.includes(about));
    const best = Math.max(0, ...on.map((row) => row.certitude));
    if (on.length === 0) gaps.push({ kind: "no_evidence", about, reason: "No claim was recorded on it." });
    else if (best < WELL_BORNE_OUT) {
      const reason = `Its best claim has a certitude of ${best.toFixed(2)}: too few, too weak or too old sources.`;
      gaps.push({ kind: "weak_evidence", about, reason });
    }
  }
  for (const { id, text, certitude, for: pro, against } of hypotheses) {
    const about = `${id}: ${text}`;
    if (pro.length + against.length === 0)
      gaps.push({ kind: "no_evidence", about, reason: "No claim speaks for it or against it." });
    else if (certitude > UNDECIDED.from && certitude < UNDECIDED.to)
      gaps.push({ kind: "undecided", about, reason: `Its certitude is ${certitude.toFixed(2)}.` });
  }
  return gaps;
}
