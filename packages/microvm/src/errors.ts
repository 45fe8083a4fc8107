/** What the guest may answer; see "Error codes" in docs/protocol.md. */
export const guestErrorCodes = [
  "invalid_argument",
  "not_found",
  "exists",
  "not_directory",
  "is_directory",
  "not_empty",
  "permission_denied",
  "no_space",
  "read_only",
  "io_error",
  "too_large",
  "invalid_path",
  "no_match",
  "ambiguous",
  "already_configured",
  "unknown_op",
  "too_many_streams",
  "operation_moved",
  "operation_conflict",
  "operation_interrupted",
  "reply_dropped",
  "service_unavailable",
  "timed_out",
  "cancelled",
  "internal",
] as const;

export type GuestErrorCode = (typeof guestErrorCodes)[number];

/** Codes that only the host side makes. */
export type HostErrorCode =
  /** The stream to the guest ended or stayed silent; the call may have run. */
  | "connection_lost"
  /** The guest broke the rules of the protocol. */
  | "protocol_violation"
  /** The VM was destroyed, or its orchestrator was closed. */
  | "closed"
  /** The VM is stopped; `start` it. */
  | "stopped"
  /** The VM did not come up. */
  | "start_failed"
  /** The memory of the VM holds, or once held, a secret: it may not be written to a disk. */
  | "secret_in_memory"
  /** More was asked for than the host has, or than its owner allows. */
  | "limit_exceeded"
  /** A running VM could not be saved. */
  | "snapshot_failed"
  /** A template could not be built. */
  | "template_failed"
  /** An image could not be built. */
  | "image_failed"
  /** An image has users, or is being built by another process. */
  | "image_in_use"
  /** A program or file that the orchestrator needs is absent. */
  | "requirement_missing"
  /** VMs are to be kept in better than is possible here. */
  | "isolation_refused"
  /** What is asked for is more than the host has, or than the VM's user may have. */
  | "limit_exceeded"
  /** The home may not take more space. */
  | "quota_exceeded"
  /** The VM has lived as long as it may. */
  | "expired"
  /** Another living process owns this home. */
  | "home_in_use";

export type MicroVMErrorCode = GuestErrorCode | HostErrorCode;

/** Every failure of this package. `message` is one sentence for a person and says what to do next. */
export class MicroVMError extends Error {
  override readonly name = "MicroVMError";
  readonly code: MicroVMErrorCode;

  constructor(code: MicroVMErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}

/** True if `error` is a MicroVMError with one of `codes` (any code if none is named). */
export function isMicroVMError(error: unknown, ...codes: MicroVMErrorCode[]): error is MicroVMError {
  return error instanceof MicroVMError && (codes.length === 0 || codes.includes(error.code));
}

/** The sentence of anything that was thrown. */
export function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
