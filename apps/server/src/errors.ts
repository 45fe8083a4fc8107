/** What went wrong in the owner process or on the way to it. */
export type ServerErrorCode =
  | "bad_request"
  | "bad_config"
  | "not_found"
  | "conflict"
  | "requirement_missing"
  | "disk_full"
  | "already_owned"
  | "not_ready"
  | "stopping"
  | "unreachable"
  | "start_failed"
  | "timeout"
  | "internal";

/** An error whose message is one sentence for a person that says what to do next. */
export class ServerError extends Error {
  override readonly name = "ServerError";

  constructor(
    readonly code: ServerErrorCode | (string & {}),
    message: string,
    options?: { cause?: unknown },
  ) {
    super(message, options);
  }
}

/** The `code` of any error that carries one (ours, Node's), else "internal". */
export function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "internal";
}

/** The sentence of any thrown value. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
