import { setMaxListeners } from "node:events";
import { type JetStreamClient, type JetStreamManager, jetstream, type StoredMsg } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/transport-node";
import { isRefusal } from "../connection/dial.js";
import { isDiskFull } from "../disk-full.js";
import { BackboneError } from "../errors.js";
import { Secrets } from "../secrets/secrets.js";
import { asBackboneError, isTransient } from "./transient.js";

/** How long a call keeps trying while the server is away: a restart or a new leader takes up to 6 s. */
export const RETRY_MS = 20_000;
/** How long it keeps trying when the server's disk is full: somebody has to do something, and should hear of it soon. */
const FULL_MS = 3_000;
/**
 * One try. A leader that dies takes the requests it had with it and nobody says so: shorter than the 4-5 s that a new one takes to be
 * elected. In-flight requests are lost with their connection, too, and a reconnect starts the next try at once.
 */
export const ATTEMPT_MS = 2_000;

/** Copies of everything in a cluster: one server of three may be lost, and what was acknowledged is on two disks. */
const CLUSTER_REPLICAS = 3;

/** Which message of a stream: the last on a subject, or the first on one from a sequence on. */
export type MessageQuery = { last_by_subj: string } | { seq: number; next_by_subj?: string };

/** Where the streams of another account are found in this one. */
export interface Imported {
  /** Its JetStream API, instead of `$JS.API`. */
  apiPrefix: string;
  /** Its new messages, with a dot at the end. */
  newsPrefix: string;
}

export interface LinkOptions {
  secrets?: Secrets;
  /** The streams of another account, as far as that one lets this account have them. */
  imported?: Imported;
}

/** One connection with JetStream on it, and the patience that everything built on it shares. */
export class Link {
  readonly connection: NatsConnection;
  readonly js: JetStreamClient;
  readonly jsm: JetStreamManager;
  /** What must not be stored. */
  readonly secrets: Secrets;
  /** True if streams must be read message by message: the server lets nobody, or not us, make consumers on them. */
  readsDirectly: boolean;
  /** Where new messages of its streams are heard of: their own subjects, behind this. */
  readonly newsPrefix: string;
  #reconnected = signal();
  readonly #closed = new AbortController();

  private constructor(connection: NatsConnection, js: JetStreamClient, jsm: JetStreamManager, o: LinkOptions) {
    this.connection = connection;
    this.js = js;
    this.jsm = jsm;
    this.secrets = o.secrets ?? new Secrets();
    this.readsDirectly = o.imported !== undefined;
    this.newsPrefix = o.imported?.newsPrefix ?? "";
    setMaxListeners(0, this.#closed.signal); // Each reader has one, as long as it reads.
  }

  static async over(connection: NatsConnection, o: LinkOptions = {}): Promise<Link> {
    const apiPrefix = o.imported?.apiPrefix;
    const js = jetstream(connection, { timeout: ATTEMPT_MS, ...(apiPrefix === undefined ? {} : { apiPrefix }) });
    const link = new Link(connection, js, await js.jetstreamManager(false), o);
    void link.#watch();
    return link;
  }

  /** The version of the server that is connected now. */
  get serverVersion(): string {
    return this.connection.info?.version ?? "0.0.0";
  }

  /** Copies that each stream has: 3 in a cluster, 1 on a server of its own. */
  get replicas(): number {
    return this.connection.info?.cluster === undefined ? 1 : CLUSTER_REPLICAS;
  }

  /** One message as it is now. In a cluster only the leader knows: any replica answers a direct read, and may lag behind. */
  async message(stream: string, query: MessageQuery): Promise<StoredMsg | undefined> {
    const reader = this.replicas > 1 ? this.jsm.streams : this.jsm.direct;
    return (await reader.getMessage(stream, query)) ?? undefined;
  }

  /** Aborts when the connection is closed for good, by us or because our credentials were revoked. */
  get closed(): AbortSignal {
    return this.#closed.signal;
  }

  /** Resolves at the next reconnect. What was in flight before it is lost, consumers in memory are gone. */
  nextReconnect(): Promise<void> {
    return this.#reconnected.promise;
  }

  /** One try of a call, which fails at once when the connection is replaced under it: its answer would never come. */
  once<T>(attempt: () => Promise<T>): Promise<T> {
    return orReconnect(attempt(), this.nextReconnect());
  }

  /**
   * Runs `attempt` until it succeeds, fails for a reason that waiting does not cure, or {@link RETRY_MS} have passed.
   * `attempt` must be safe to repeat. `what` completes the sentence "NATS did not ...".
   */
  async patiently<T>(what: string, attempt: () => Promise<T>): Promise<T> {
    const since = Date.now();
    const until = since + RETRY_MS;
    let last: unknown;
    for (let tries = 0; ; tries++) {
      this.#closed.signal.throwIfAborted();
      const reconnected = this.nextReconnect();
      try {
        return await orReconnect(attempt(), reconnected);
      } catch (error) {
        if (!isTransient(error)) throw asBackboneError(error, what);
        last = error;
        if (isDiskFull(error) && Date.now() - since > FULL_MS) break;
      }
      const left = until - Date.now();
      if (left <= 0) break;
      await pause(Math.min(25 * 2 ** Math.min(tries, 5), left), reconnected);
    }
    const seconds = Math.round((Date.now() - since) / 1_000);
    const state = this.replicas === 1 ? "nats-server runs and has" : "most servers of the cluster run and have";
    throw new BackboneError(
      "unavailable",
      `NATS did not ${what} within ${seconds} s; see that ${state} disk space, then try again.`,
      { cause: last },
    );
  }

  async #watch(): Promise<void> {
    for await (const status of this.connection.status()) {
      if (status.type === "reconnect") {
        const { fire } = this.#reconnected;
        this.#reconnected = signal();
        fire();
      }
    }
    const why = await this.connection.closed();
    this.#closed.abort(
      isRefusal(why)
        ? new BackboneError("refused", "NATS no longer accepts our credentials; ask its operator for new ones.", {
            cause: why,
          })
        : new BackboneError("closed", "The backbone was closed; open it again."),
    );
  }
}

/** Thrown inside: an attempt whose connection was replaced under it. */
class Reconnected extends Error {
  override readonly name = "TimeoutError";
}

async function orReconnect<T>(attempt: Promise<T>, reconnected: Promise<void>): Promise<T> {
  attempt.catch(() => undefined); // A lost race must not count as unhandled; its error is of no more interest.
  return await Promise.race([
    attempt,
    reconnected.then(() => {
      throw new Reconnected("the connection was replaced");
    }),
  ]);
}

async function pause(ms: number, early: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([
    early,
    new Promise<void>((resolve) => {
      timer = setTimeout(resolve, ms);
    }),
  ]);
  clearTimeout(timer);
}

function signal(): { promise: Promise<void>; fire: () => void } {
  let fire: () => void = () => undefined;
  const promise = new Promise<void>((resolve) => {
    fire = resolve;
  });
  return { promise, fire };
}
