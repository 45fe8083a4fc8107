import { JetStreamApiError } from "@nats-io/jetstream";
import { errors } from "@nats-io/transport-node";
import { BackboneError, reason } from "../errors.js";

/** Codes of the JetStream API that this package tells apart. */
export const apiCode = {
  wrongLastSequence: 10_071,
  wrongLastSequenceUnknown: 10_164,
  maxMessagesPerSubject: 10_077,
  streamNotFound: 10_059,
  deleteFailed: 10_057,
  /** An earlier try with the same message id is on its way through the cluster. */
  duplicateInProcess: 10_158,
  /** Too few servers of a cluster have been heard of to place a stream, as while it starts. */
  noPeers: 10_005,
  /** The account has used up what its operator allows it. */
  accountFull: 10_002,
} as const;

const PASSING = new Set<number>([apiCode.duplicateInProcess, apiCode.noPeers]);

const TRANSIENT_NAMES = new Set([
  "TimeoutError",
  "NoRespondersError",
  "RequestError",
  "ConnectionError",
  "JetStreamNotEnabled",
  "JetStreamNotEnabledError",
]);

/** True if the same call may succeed when the server is back or has caught its breath. */
export function isTransient(error: unknown): boolean {
  if (error instanceof BackboneError) return error.code === "unavailable";
  if (isForbidden(error)) return false;
  if (error instanceof JetStreamApiError) {
    return (error.status >= 500 && !isThere(error)) || PASSING.has(error.code);
  }
  return error instanceof Error && TRANSIENT_NAMES.has(error.name);
}

/**
 * "Maximum messages per subject" is a final answer, although its status says 503. Whatever else a server could not store has the same code: more
 * than the stream's limit, which somebody may raise, or than its disk takes.
 */
export function isThere(error: unknown): boolean {
  return codeOf(error) === apiCode.maxMessagesPerSubject && /maximum messages per subject/i.test(rootMessage(error));
}

function rootMessage(error: unknown): string {
  return error instanceof BackboneError ? rootMessage(error.cause) : reason(error);
}

/** True if the server has said that these credentials may not do this. The client wraps what it said. */
export function isForbidden(error: unknown): boolean {
  if (error instanceof BackboneError) return error.code === "forbidden";
  if (error instanceof errors.PermissionViolationError) return true;
  return error instanceof Error && (/permissions violation/i.test(error.message) || isForbidden(error.cause));
}

/** The JetStream API's code of an error, or `undefined`. */
export function codeOf(error: unknown): number | undefined {
  if (error instanceof JetStreamApiError) return error.code;
  if (error instanceof BackboneError) return codeOf(error.cause);
  return undefined;
}

/** Any error of the client as ours, with a sentence. */
export function asBackboneError(error: unknown, what: string): BackboneError {
  if (error instanceof BackboneError) return error;
  if (error instanceof errors.ClosedConnectionError || error instanceof errors.DrainingConnectionError) {
    return new BackboneError("closed", "The backbone was closed; open it again.", { cause: error });
  }
  if (isForbidden(error)) {
    const why = `These credentials may not ${what}; use ones whose role may (vibewriter tenant user add).`;
    return new BackboneError("forbidden", why, { cause: error });
  }
  const code = codeOf(error);
  if (code === apiCode.accountFull) {
    const why = `The account's storage on NATS is used up: could not ${what}. Delete something, or have its limit raised.`;
    return new BackboneError("storage_full", why, { cause: error });
  }
  if (code === apiCode.wrongLastSequence || code === apiCode.wrongLastSequenceUnknown) {
    return new BackboneError("conflict", `Somebody else wrote first: could not ${what}.`, { cause: error });
  }
  if (isThere(error)) {
    return new BackboneError("exists", `It is already there: could not ${what}.`, { cause: error });
  }
  if (/max(imum)?[ _]payload/i.test(reason(error))) {
    return new BackboneError("too_large", `Too large to ${what}; put it into the file store and refer to it.`, {
      cause: error,
    });
  }
  return new BackboneError("invalid", `NATS refused to ${what}: ${reason(error)}`, { cause: error });
}
