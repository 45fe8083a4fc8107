/** Why a document gives no text: a format that is not read, a damaged file, or a file without text. */
export type ReaderCode = "unsupported" | "unreadable" | "no_text" | "bad_request";

/** A failure that the document is the cause of; `message` is a sentence for a person. */
export class ReaderFailure extends Error {
  readonly code: ReaderCode;

  constructor(code: ReaderCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}
