import { asError, type Caller, parseJson } from "../call.js";
import { send, textOf } from "../http-over-socket.js";

/** What a feed is about; all that is named at once, or everything. */
export interface FeedFilter {
  /** A public key. */
  readonly author?: string;
  readonly tag?: string;
  /** An id. */
  readonly article?: string;
  /** All that is followed instead. */
  readonly followed?: boolean;
  /** Entries, 1 to 500. */
  readonly limit?: number;
}

/** The feed of a home, for its clients. Failures are ServerErrors. */
export class FeedClient {
  readonly #caller: Caller;

  constructor(caller: Caller) {
    this.#caller = caller;
  }

  /** As an Atom document. */
  async atom(filter: FeedFilter = {}): Promise<string> {
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(filter)) if (value !== undefined) query.set(name, String(value));
    const { socket } = this.#caller;
    const incoming = await send({ socket, method: "GET", path: `/v1/feed.atom?${query}`, timeoutMs: 30_000 });
    const text = await textOf(incoming);
    if (incoming.statusCode !== 200) throw asError(parseJson(text));
    return text;
  }
}
