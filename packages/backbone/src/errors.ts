/**
 * What went wrong, for a program:
 * - `no_server`: no nats-server was found on this machine
 * - `not_ready`: nats-server was started and did not become ready
 * - `busy`: another living process owns this home's nats-server
 * - `bad_config`: a setting, or a file that it names, cannot be used
 * - `refused`: the server does not accept these credentials or this client certificate, or accepts them no longer
 * - `forbidden`: the credentials are good, and their role may not do this
 * - `storage_full`: the account has used up the storage that it may have
 * - `too_old`: the server is of a version on which nothing is promised
 * - `no_jetstream`: the server, or the account of these credentials, keeps no streams
 * - `untrusted`: the server's certificate is not one to accept, or it has none
 * - `unavailable`: NATS did not answer before the deadline; trying again later may help
 * - `conflict`: somebody else wrote first
 * - `fenced`: a newer epoch has taken over what this one wrote to; it must stop and touch nothing
 * - `exists` / `not_found`: the record is there / is not there
 * - `invalid`: a name or a value that cannot be stored, or a stored one that cannot be understood
 * - `corrupt`: stored bytes do not match their digest
 * - `dead_letter`: it could not be applied and waits for a person; see `vibewriter dlq list`
 * - `secret_found`: it holds what must not be stored
 * - `too_large`: a message above the limit of the server
 * - `closed`: the backbone was closed
 * - `other_version`: what is stored is of another version of the program, or others that use it are
 */
export type BackboneErrorCode =
  | "no_server"
  | "not_ready"
  | "busy"
  | "bad_config"
  | "refused"
  | "forbidden"
  | "storage_full"
  | "too_old"
  | "no_jetstream"
  | "untrusted"
  | "unavailable"
  | "conflict"
  | "fenced"
  | "exists"
  | "not_found"
  | "invalid"
  | "corrupt"
  | "dead_letter"
  | "secret_found"
  | "too_large"
  | "closed"
  | "other_version";

/** The one error of this package. `message` is a sentence for a person that says what to do next. */
export class BackboneError extends Error {
  override readonly name = "BackboneError";
  readonly code: BackboneErrorCode;

  constructor(code: BackboneErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}

/** The text of anything that was thrown, for the inside of a longer sentence. */
export function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
