/** What went wrong, as a value a program can switch on. */
export type AgentErrorCode =
  | "invalid_request"
  | "missing_key"
  | "unknown_model"
  /** The provider refuses the key. */
  | "bad_key"
  /** The account has nothing left to pay with. */
  | "no_credit"
  /** What was asked is longer than the model can read. */
  | "context_too_long"
  /** The provider, or the model, does not answer what it was given. */
  | "content_refused"
  /** It is asked too often, or has trouble of its own: later it may work. */
  | "model_busy"
  /** The way to it is broken: later it may work. */
  | "model_unreachable"
  /** Its answers cannot be used: no JSON where there must be, or no end. */
  | "bad_answer"
  /** A model failed for another reason. */
  | "model_failed"
  /** The run had no time left to wait for a model's answer, which says nothing of the model. */
  | "no_time_left"
  | "not_enough_evidence"
  /** No sources were given, and no search of the web can be asked. */
  | "nothing_to_read"
  | "not_published"
  | "run_not_found"
  | "run_busy"
  | "run_finished"
  /** The run has nothing to show: it is under way, or has ended without a text. */
  | "no_report"
  | "approval_not_found"
  | "approval_decided"
  /** The answer comes too late, or to a question that is not what it shows. */
  | "approval_expired"
  /** An answer that cannot be one: arguments that the tool does not take. */
  | "invalid_decision"
  /** The run does not wait to be told what its request means. */
  | "no_question"
  /** The service that runs the agent's sandbox refuses the key. */
  | "sandbox_refused"
  /** That service cannot be reached, or is busy: later it may work. */
  | "sandbox_unavailable"
  | "sandbox_failed"
  | "cancelled"
  | "interrupted"
  /** The key of the run's author cannot be had: it is locked, or on a host that does not answer, which it may later. */
  | "cannot_sign"
  /** A run that repeats another one from its recording asked a model something that is not in it. */
  | "replay_diverged"
  /** There is no recording of a run, or none that can be read. */
  | "no_recording"
  /** An entry of the memory has another name than one may have. */
  | "invalid_memory"
  | "memory_not_found"
  | "memory_too_large"
  /** It is another version than was expected. */
  | "memory_changed"
  /** A file or a text holds what must not be stored. */
  | "secret_found"
  /** The policy of the home does not let agents do it. */
  | "denied"
  /** It needs the word of a person, who cannot be asked here. */
  | "not_approved"
  /** What is to be a skill keeps to no rule of skills. */
  | "invalid_skill"
  | "skill_not_found"
  /** The name is a built-in skill's, or that of another installed one. */
  | "skill_exists"
  /** It is not the one that the person has seen. */
  | "skill_changed"
  /** Nobody has signed it, or its author has taken it back. */
  | "skill_untrusted"
  | "output_failed"
  | "disk_full";

/** An error of the agent: a code, one sentence for a person that says what to do next, and the cause. */
export class AgentError extends Error {
  override readonly name = "AgentError";
  readonly code: AgentErrorCode;

  constructor(code: AgentErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}

/**
 * The first error of a chain of causes that carries a `code` of its own, or the error itself. Of several that came at once, as from tools that
 * ran side by side, the one that says that the run is somebody else's, else the first.
 */
export function rootError(error: unknown): Error {
  let current = error;
  const seen = new Set<unknown>();
  while (current instanceof Error && !seen.has(current)) {
    seen.add(current);
    if (current instanceof AggregateError && current.errors.length > 0) {
      const roots = current.errors.map(rootError);
      return roots.find((root) => errorCode(root) === "fenced") ?? roots[0] ?? current;
    }
    if (!isWrapper(current) || !(current.cause instanceof Error)) return current;
    current = current.cause;
  }
  return current instanceof Error ? current : new Error(String(current));
}

/** The code of an error, if it has one that is text. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}

/** LangChain wraps what a middleware's inside threw, once for each layer; what a person wants is inside. */
function isWrapper(error: Error): boolean {
  return error.name === "MiddlewareError" || error.constructor.name === "MiddlewareError";
}
