import { countCoverage, REQUIRED_COVERAGE } from "../claims/coverage.js";
import { draftHash } from "./check.js";
import { shorten } from "./finding.js";
import { countCitations, REQUIRED_RATE } from "./rate.js";
import { Verification } from "./verification.js";

/** Uncited sentences that a refusal names; the report has all of them. */
const NAMED = 3;

/** Whether a draft may be published, and if not, why, in a sentence for a person. */
export type GateDecision = { pass: true } | { pass: false; code: GateRefusal; message: string };
export type GateRefusal =
  | "invalid_report"
  | "other_draft"
  | "no_citations"
  | "rate_too_low"
  | "coverage_too_low"
  | "check_failed";

/**
 * Decides on a draft by its verification report. The counts are taken from the report's sentences, not from its summary, and
 * a report that does not add up is no report.
 */
export function gate(verification: unknown, draft: string): GateDecision {
  const parsed = Verification.safeParse(verification);
  if (!parsed.success)
    return refuse("invalid_report", "There is no valid verification report: check the draft's citations first.");
  const report = parsed.data;
  if (report.draftSha256 !== draftHash(draft)) {
    return refuse(
      "other_draft",
      "The verification report is for another version of this draft: check the citations again.",
    );
  }
  const failed = report.problems.find(({ code }) => code === "check_failed");
  if (failed) return refuse("check_failed", failed.message);
  const { total, supported, rate } = countCitations(report.sentences);
  const coverage = countCoverage(report);
  if (
    coverage.worth !== report.coverage.worth ||
    coverage.cited !== report.coverage.cited ||
    total !== report.citations.total ||
    supported !== report.citations.supported
  ) {
    return refuse("invalid_report", "The verification report does not add up: check the draft's citations again.");
  }
  if (total === 0) return refuse("no_citations", "The draft cites no source: cite the sources it rests on.");
  if (rate < REQUIRED_RATE) {
    const message = `Only ${supported} of ${total} citations are supported by their sources, ${REQUIRED_RATE * 100} % are needed: mend or remove the others.`;
    return refuse("rate_too_low", message);
  }
  if (coverage.share < REQUIRED_COVERAGE) return refuse("coverage_too_low", tooFewCite(coverage, report.uncited));
  return { pass: true };
}

function tooFewCite({ worth, cited }: Verification["coverage"], uncited: Verification["uncited"]): string {
  const first = uncited.slice(0, NAMED).map(({ text }) => `“${shorten(text)}”`);
  const more = uncited.length > NAMED ? ` and ${uncited.length - NAMED} more` : "";
  return `Only ${cited} of ${worth} sentences that state something cite a source, ${REQUIRED_COVERAGE * 100} % are needed: cite one for ${first.join(", ")}${more}, or take them out.`;
}

function refuse(code: GateRefusal, message: string): GateDecision {
  return { pass: false, code, message };
}
