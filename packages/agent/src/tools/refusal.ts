import type { ModelCode } from "../models/model-errors.js";

/** Why a tool did not do what it was asked; the model reads it and may do something about it. */
export type RefusalCode =
  | "file_not_found"
  | "not_text"
  | "too_large"
  | "no_title"
  | "cannot_render"
  | "no_verification"
  | "other_draft"
  | "invalid_report"
  | "report_too_old"
  | "no_citations"
  | "rate_too_low"
  | "coverage_too_low"
  | "check_failed"
  | "already_published"
  | "not_approved"
  /** The policy of the home does not let agents do it. */
  | "denied"
  | "replayed"
  | "rejected"
  | "invalid_grant"
  | "secret_found"
  | "source_not_allowed"
  | "source_not_found"
  | "not_used"
  | "own_article"
  | "retracted"
  | "over_budget"
  /** A program has asked the run's model in vain. */
  | ModelCode
  | "invalid_argument";

/** A tool's typed no. It is an answer to the model, not a failure of the run. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly code: RefusalCode;

  constructor(code: RefusalCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}

const ANSWERS = new Set(["Refusal", "EvidenceError", "ChoirError"]);

/** Whether what a tool threw is an answer to whoever called it, and not a failure of the run. */
export function isAnswer(error: Error): boolean {
  return ANSWERS.has(error.name) || ("code" in error && error.code === "secret_found");
}
