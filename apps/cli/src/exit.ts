import { codeOf } from "@vibewriter/server";

/** What the command tells its caller. */
export const EXIT = { done: 0, failed: 1, usage: 2, requirement: 3, waiting: 4, interrupted: 130 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Something the person has to correct in what they typed. */
export class UsageError extends Error {
  override readonly name = "UsageError";
  readonly code = "usage";
}

/** A program in a VM that did not start: the command exits as a shell would. */
export class ProgramError extends Error {
  override readonly name = "ProgramError";

  constructor(
    readonly code: string,
    message: string,
    readonly exitCode: number,
  ) {
    super(message);
  }
}

/** Codes of all packages that mean: what was typed, or what it points to, is wrong. */
const USAGE: ReadonlySet<string> = new Set([
  "usage",
  "bad_request",
  "bad_config",
  "invalid",
  "invalid_request",
  "invalid_query",
  "bad_collection",
  "unknown_model",
  "unknown_embedder",
  "not_found",
  "run_not_found",
  "no_recording",
  "unknown_article",
  "ambiguous_id",
  "invalid_article",
  "no_title",
  "invalid_retraction",
  "invalid_import",
  "invalid_citation",
  "self_citation",
  "invalid_skill",
  "skill_not_found",
  "skill_exists",
  "skill_changed",
  "skill_untrusted",
  "invalid_memory",
  "memory_not_found",
  "memory_too_large",
  "memory_changed",
  "retracted",
  "not_author",
  "invalid_author",
  "unknown_author",
  "author_exists",
  "ledger_elsewhere",
  "invalid_funding",
  "invalid_amount",
  "run_busy",
  "no_question",
  "approval_not_found",
  "approval_decided",
  "approval_expired",
  "invalid_decision",
  "no_report",
  "run_finished",
  "output_failed",
  "missing",
  "empty",
  "too_large",
  "outside",
  "unsupported",
  "unreadable",
  "no_text",
  "invalid_input",
  "invalid_argument",
  "invalid_path",
  "exists",
  "is_directory",
  "not_directory",
  "permission_denied",
  "read_only",
  "stopped",
  "vm_busy",
  "secret_in_memory",
  "secret_found",
  "limit_exceeded",
  "quota_exceeded",
  "expired",
]);

/** Codes that mean: this machine or this home lacks something. */
const REQUIREMENT: ReadonlySet<string> = new Set([
  "requirement_missing",
  "missing_key",
  "embedder_refused",
  "keystore_locked",
  "no_server",
  "too_old",
  "no_jetstream",
  "refused",
  "forbidden",
  "untrusted",
  "disk_full",
  "isolation_refused",
  "other_version",
]);

/** The exit code for an error. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof ProgramError) return error.exitCode;
  const code = codeOf(error);
  if (USAGE.has(code)) return EXIT.usage;
  return REQUIREMENT.has(code) ? EXIT.requirement : EXIT.failed;
}
