/** What went wrong, for code; the message says it for people.
 *
 * - `conflict`: another writer has moved the thread on (or fenced this one off). Load the thread again before writing; never retry blindly.
 * - `not_set_up`: the stream or the object store is missing.
 * - `unsuitable`: the server or the stream cannot keep checkpoints safely.
 * - `unavailable`: no answer from the server within the deadline. Retrying the same call is safe.
 * - `storage_full`: the server refused to store more. Nothing was lost.
 * - `refused`: the server does not let this user do that.
 * - `corrupt`: stored bytes are missing or do not match their hash.
 * - `exists`: a thread of that id is there already. Nothing was stored.
 * - `too_large`: one message would be larger than the server accepts.
 * - `invalid`: the caller passed something that cannot be used.
 */
export type NatsSaverErrorCode =
  | "conflict"
  | "not_set_up"
  | "unsuitable"
  | "unavailable"
  | "storage_full"
  | "refused"
  | "corrupt"
  | "exists"
  | "too_large"
  | "invalid";

/** The one error class of this package. */
export class NatsSaverError extends Error {
  override readonly name = "NatsSaverError";
  readonly code: NatsSaverErrorCode;

  constructor(code: NatsSaverErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
