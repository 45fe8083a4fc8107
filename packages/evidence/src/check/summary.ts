import type { GateDecision } from "./gate.js";
import type { CheckedSentence, Verification } from "./verification.js";

/** Sentences of one sort that a summary names: as many as somebody mends in one go. */
const MOST_NAMED = 40;

/** A check in short, for whoever is to mend the draft. The names are those that models and scripts see. */
export interface CheckSummary {
  draft_sha256: string;
  method: Verification["method"];
  passed: boolean;
  rate: number;
  total: number;
  supported: number;
  failing: { sentence: string; ids: string[]; verdict: string; reason: string }[];
  more_failing: number;
  coverage: number;
  uncited: string[];
  more_uncited: number;
  problems: string[];
}

/** @param unrenderable why the draft could not be published although its citations hold */
export function summaryOf(verification: Verification, decision: GateDecision, unrenderable?: string): CheckSummary {
  const { citations, sentences, coverage, uncited, problems, method, draftSha256 } = verification;
  const failing = sentences.filter((sentence) => sentence.verdict !== "supported");
  return {
    draft_sha256: draftSha256,
    method,
    passed: decision.pass && unrenderable === undefined,
    rate: Number(citations.rate.toFixed(3)),
    total: citations.total,
    supported: citations.supported,
    failing: failing.slice(0, MOST_NAMED).map((sentence) => ({
      sentence: sentence.text,
      ids: sentence.ids,
      verdict: sentence.verdict,
      reason: reasonOf(sentence),
    })),
    more_failing: Math.max(0, failing.length - MOST_NAMED),
    coverage: Number(coverage.share.toFixed(3)),
    uncited: uncited.slice(0, MOST_NAMED).map(({ text }) => text),
    more_uncited: Math.max(0, uncited.length - MOST_NAMED),
    problems: [...problems.map(({ message }) => message), ...(unrenderable === undefined ? [] : [unrenderable])],
  };
}

function reasonOf(sentence: CheckedSentence): string {
  return sentence.checks
    .filter((check) => !check.passed)
    .map((check) => check.detail)
    .join(" ");
}
