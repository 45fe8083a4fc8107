import type { Msg, NatsConnection, Subscription } from "@nats-io/transport-node";
import { z } from "zod";
import { reason } from "../errors.js";
import { Rate } from "./rate.js";

export interface ServeOptions {
  /** What is listened to, `*` for the last token. Several processes that serve it share the requests. */
  subject: string;
  /** Gets the last token and the parsed request. */
  handle: (name: string, request: unknown) => Promise<unknown>;
  /** The code of an error whose message may be told; all others are `internal`, told to `onError` alone. */
  codeOf: (error: unknown) => string | undefined;
  onError?: (error: unknown) => void;
}

/** Bytes of a request, at most. */
const LARGEST_REQUEST = 16 * 1024;
const DEADLINE_MS = 10_000;
/** Of each account. */
const RATE = { perSecond: 50, burst: 100 };
/** Requests under way or waiting, of all accounts. */
const MOST_PENDING = 64;

/** The server tells which account asks, where an import says `share`. */
const REQUEST_INFO = "Nats-Request-Info";
const requestInfo = z.object({ acc: z.string() });

/**
 * Answers requests with JSON: `{ ... }`, or `{ error: { code, message } }`. `busy` says that an account asks too often, or all together
 * do; `too_large`, `bad_request` and `timeout` what they are called.
 */
export class Served implements AsyncDisposable {
  readonly #o: ServeOptions;
  readonly #subscription: Subscription;
  readonly #rate = new Rate(RATE);
  readonly #pending = new Set<Promise<void>>();
  readonly #reading: Promise<void>;

  constructor(connection: NatsConnection, o: ServeOptions) {
    this.#o = o;
    this.#subscription = connection.subscribe(o.subject, { queue: "choir" });
    this.#reading = this.#read();
  }

  /** Takes no more, and answers what is under way. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#subscription.unsubscribe();
    await this.#reading;
    await Promise.all(this.#pending);
  }

  async #read(): Promise<void> {
    for await (const message of this.#subscription) {
      const answered = this.#answer(message).then((answer) => void message.respond(JSON.stringify(answer)));
      const settled = answered.catch((error: unknown) => this.#o.onError?.(error));
      this.#pending.add(settled);
      void settled.finally(() => this.#pending.delete(settled));
    }
  }

  async #answer(message: Msg): Promise<unknown> {
    if (this.#pending.size >= MOST_PENDING || !this.#rate.allows(accountOf(message))) {
      return failure("busy", "Too many requests at once; ask again in a moment.");
    }
    if (message.data.length > LARGEST_REQUEST) {
      return failure("too_large", `A request has at most ${LARGEST_REQUEST / 1024} KiB; send a shorter one.`);
    }
    let request: unknown;
    try {
      request = message.json();
    } catch {
      return failure("bad_request", "The request is not JSON.");
    }
    const name = message.subject.slice(message.subject.lastIndexOf(".") + 1);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<unknown>((resolve) => {
      timer = setTimeout(() => resolve(failure("timeout", "That took too long; ask for less.")), DEADLINE_MS);
    });
    try {
      return await Promise.race([this.#o.handle(name, request), late]);
    } catch (error) {
      const code = this.#o.codeOf(error);
      if (code !== undefined) return failure(code, reason(error));
      this.#o.onError?.(error);
      return failure("internal", "The server failed; ask again later.");
    } finally {
      clearTimeout(timer);
    }
  }
}

function failure(code: string, message: string) {
  return { error: { code, message } };
}

/** The account that asks, or "" for this one. */
function accountOf(message: Msg): string {
  const text = message.headers?.get(REQUEST_INFO);
  if (!text) return "";
  try {
    return requestInfo.parse(JSON.parse(text)).acc;
  } catch {
    return ""; // Of somebody of this account, who made it up.
  }
}
