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
  /** There is no such page, or no such host. */
  | "dead_link"
  /** The page is for those who log in or pay. */
  | "needs_login"
  /** The site keeps robots out of it. */
  | "disallowed"
  /** A server wants to be left alone for a while; the message says until when. */
  | "asked_to_wait"
  | "timed_out"
  | "reader_failed"
  | "search_failed"
  | "unknown_source"
  | "quote_not_found"
  | "invalid_input"
  | "check_failed"
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
