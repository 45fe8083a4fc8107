import { setTimeout as sleep } from "node:timers/promises";
import { NatsSaverError } from "./errors.js";

/** How long one call waits for an answer, and how long it is repeated: a restarted server or a new leader takes 5-6 s. */
export const ATTEMPT_MS = 2_000;
const PATIENCE_MS = 20_000;

const TEMPORARY = new Set(["TimeoutError", "NoResponders", "RequestError", "JetStreamNotEnabled", "ConnectionError"]);
const LEADERLESS = 10_008;
/** An earlier attempt with the same message id is on its way through the cluster. */
const DUPLICATE_IN_PROCESS = 10_158;
const STORAGE_FULL = new Set([10_002, 10_023, 10_047, 10_077, 10_122]);
const STREAM_MISSING = 10_059;

/** Repeats `attempt` while the server is away. `attempt` must be safe to repeat.
 * @throws NatsSaverError `unavailable` after about 20 s, or at once what the server's refusal means */
export async function persevere<T>(what: string, attempt: () => Promise<T>): Promise<T> {
  const deadline = Date.now() + PATIENCE_MS;
  for (let pause = 50; ; pause = Math.min(pause * 2, 1_000)) {
    try {
      return await attempt();
    } catch (error) {
      if (!isTemporary(error)) throw translate(what, error);
      if (Date.now() + pause > deadline) {
        throw new NatsSaverError(
          "unavailable",
          `Could not ${what}: NATS JetStream has not answered for ${PATIENCE_MS / 1_000} s. Check that nats-server runs with JetStream enabled, then try again.`,
          { cause: error },
        );
      }
    }
    await sleep(pause);
  }
}

/** The code of an error that the JetStream API answered, if it is one. */
export function apiCode(error: unknown): number | undefined {
  return named(error) === "JetStreamApiError" ? codeOf(error) : undefined;
}

/** The status of a direct read that failed, if it is one. */
export function statusCode(error: unknown): number | undefined {
  return named(error) === "JetStreamStatusError" ? codeOf(error) : undefined;
}

// By name, not by class: the connection may come from another copy of the client library.
function isTemporary(error: unknown): boolean {
  if (isForbidden(error)) return false;
  if (TEMPORARY.has(named(error))) return true;
  return (
    [LEADERLESS, DUPLICATE_IN_PROCESS].includes(apiCode(error) ?? 0) ||
    statusCode(error) === 503 ||
    statusCode(error) === 408
  );
}

const FORBIDDEN = new Set(["PermissionViolationError", "AuthorizationError"]);

/** Also when the client wraps it in an error of the request. */
function isForbidden(error: unknown): boolean {
  return FORBIDDEN.has(named(error)) || (error instanceof Error && FORBIDDEN.has(named(error.cause)));
}

function translate(what: string, error: unknown): unknown {
  if (error instanceof NatsSaverError) return error;
  const name = named(error);
  const code = apiCode(error);
  const cause = { cause: error };
  if (name === "StreamNotFoundError" || code === STREAM_MISSING) {
    return new NatsSaverError("not_set_up", `Could not ${what}: call setup() once on this server first.`, cause);
  }
  if (code !== undefined && STORAGE_FULL.has(code)) {
    const reason = error instanceof Error ? error.message : "storage full";
    return new NatsSaverError("storage_full", `Could not ${what}: ${reason}. Free or add JetStream storage.`, cause);
  }
  if (isForbidden(error)) {
    return new NatsSaverError(
      "refused",
      `Could not ${what}: this NATS user may not do that. Check its permissions.`,
      cause,
    );
  }
  if (name === "ClosedConnectionError" || name === "DrainingConnectionError") {
    return new NatsSaverError(
      "unavailable",
      `Could not ${what}: the connection to NATS is closed. Open a new saver.`,
      cause,
    );
  }
  return error;
}

function named(error: unknown): string {
  return error instanceof Error ? error.name : "";
}

function codeOf(error: unknown): number | undefined {
  if (typeof error !== "object" || error === null || !("code" in error)) return undefined;
  return typeof error.code === "number" ? error.code : undefined;
}
