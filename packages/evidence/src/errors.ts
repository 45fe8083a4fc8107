/** What went wrong in the reading or checking of sources; every code has one cause and one way out. */
export type EvidenceErrorCode =
  | "missing"
  | "empty"
  | "too_large"
  | "outside"
  | "unsupported"
  | "unreadable"
  | "no_text"
  | "not_found"
  | "address_refused"
  | "fetch_failed"
  | "timed_out"
  | "reader_failed"
  | "search_failed"
  | "unknown_source"
  | "quote_not_found"
  | "invalid_input"
  | "store_failed";

/** An error of this package: `message` is one sentence for a person that says what to do next. */
export class EvidenceError extends Error {
  override readonly name = "EvidenceError";
  readonly code: EvidenceErrorCode;

  constructor(code: EvidenceErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}
