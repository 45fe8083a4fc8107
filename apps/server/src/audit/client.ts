import { asError, type Caller, parseJson } from "../call.js";
import { ServerError } from "../errors.js";
import { send, textOf } from "../http-over-socket.js";
import { parseEvents } from "../sse.js";
import { type AuditEntriesQuery, AuditedEntry, AuditVerification, ClosedRecord } from "./api.js";

/** Four missed heartbeats: the connection is dead although nobody said so. */
const SILENCE_MS = 60_000;

/** What is read of the audit: an entry, or a record whose content cannot be read. */
export type AuditRead = { readonly entry: AuditedEntry } | { readonly closed: ClosedRecord };

/** The audit of a home, for its clients. Failures are ServerErrors. */
export class AuditClient {
  readonly #caller: Caller;

  constructor(caller: Caller) {
    this.#caller = caller;
  }

  /** Entries in the order in which they were stored; with `follow` those to come, too, until `signal` aborts. */
  async *entries(
    o: Omit<AuditEntriesQuery, "follow"> & { follow?: boolean; signal?: AbortSignal },
  ): AsyncGenerator<AuditRead> {
    const { signal, follow, ...query } = o;
    const path = `/v1/audit/entries?${queryOf({ ...query, ...(follow === true ? { follow: "1" } : {}) })}`;
    const headers = { accept: "text/event-stream" };
    const incoming = await send({
      socket: this.#caller.socket,
      method: "GET",
      path,
      headers,
      timeoutMs: 60_000,
      signal,
    });
    if (incoming.statusCode !== 200) throw asError(parseJson(await textOf(incoming)));
    incoming.setTimeout(SILENCE_MS, () => incoming.destroy());
    for await (const { event, data } of parseEvents(incoming)) {
      if (event === "failed") throw asError(parseJson(data));
      if (event === "entry") yield { entry: AuditedEntry.parse(parseJson(data)) };
      if (event === "closed") yield { closed: ClosedRecord.parse(parseJson(data)) };
      if (event === "end") return;
    }
    throw new ServerError("unreachable", "The server of this home ended before all was read; try it again.");
  }

  /** Follows the chains of an agent, or of all, from their beginnings to their ends. */
  verify(agent?: string): Promise<AuditVerification> {
    return this.#caller.work("POST", `/v1/audit/verification?${queryOf({ agent })}`, AuditVerification);
  }

  /** All of it as lines of JSON, as fast as they are read here. */
  async *export(agent?: string, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
    const path = `/v1/audit/export?${queryOf({ agent })}`;
    const incoming = await send({ socket: this.#caller.socket, method: "GET", path, timeoutMs: 60_000, signal });
    if (incoming.statusCode !== 200) throw asError(parseJson(await textOf(incoming)));
    for await (const chunk of incoming) {
      const bytes: Buffer = chunk;
      yield bytes;
    }
  }
}

function queryOf(o: Readonly<Record<string, string | undefined>>): URLSearchParams {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(o)) if (value !== undefined) query.set(name, value);
  return query;
}
