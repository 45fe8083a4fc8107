import type { ConsumerMessages, JsMsg } from "@nats-io/jetstream";
import { atLeast } from "../server/nats-binary.js";
import type { Link } from "./link.js";
import { asBackboneError, isTransient } from "./transient.js";

export interface StreamReading {
  stream: string;
  /** Subjects with wildcards; messages come in the order of the stream, whatever their subject. */
  subjects: readonly string[];
  /** The first sequence to read; messages before it are skipped. */
  from: number;
  /** `true`: wait for what is yet to come, for ever. `false`: end with what is there now. */
  live: boolean;
  /** Messages that are asked for ahead of the reader. Default 256; few where they are large. */
  ahead?: number;
  signal?: AbortSignal;
}

/** How soon a consumer that went silent is noticed, beside the reconnect that is noticed at once. */
const HEARTBEAT_MS = 5_000;

/**
 * Reads a stream in order, each message once, over reconnects and restarts of the server: whenever its consumer is
 * lost it makes another one behind the last message it has given out. Ends quietly when `signal` aborts.
 */
export async function* readStream(link: Link, o: StreamReading): AsyncGenerator<JsMsg, void, undefined> {
  let next = Math.max(1, o.from);
  while (!o.signal?.aborted) {
    const messages = await open(link, o, next);
    if (messages === "empty") return;
    const interrupt = () => void messages.close();
    o.signal?.addEventListener("abort", interrupt, { once: true });
    link.closed.addEventListener("abort", interrupt, { once: true });
    void link.nextReconnect().then(interrupt);
    // Aborted while the consumer was being made: an event that has fired does not fire again for a late listener.
    if (o.signal?.aborted || link.closed.aborted) interrupt();
    try {
      for await (const message of messages) {
        if (message.seq < next) continue;
        next = message.seq + 1;
        const isLast = !o.live && message.info.pending === 0;
        if (o.subjects.some((pattern) => matches(pattern, message.subject))) yield message;
        if (isLast) return;
        if (o.signal?.aborted) return;
      }
    } catch (error) {
      if (!isTransient(error)) throw asBackboneError(error, `read ${o.stream}`);
    } finally {
      o.signal?.removeEventListener("abort", interrupt);
      link.closed.removeEventListener("abort", interrupt);
      await messages.close();
    }
  }
}

async function open(link: Link, o: StreamReading, from: number): Promise<ConsumerMessages | "empty"> {
  return await link.patiently(`read ${o.stream}`, async () => {
    const [only = ">", ...more] = o.subjects;
    // Before 2.10 a consumer has one filter only: take everything, and leave the choice to `matches`.
    const several = atLeast(link.serverVersion, 2, 10) ? [...o.subjects] : ">";
    const consumer = await link.js.consumers.get(o.stream, {
      opt_start_seq: from,
      filter_subjects: more.length === 0 ? only : several,
      inactive_threshold: 30_000,
    });
    if (!o.live) {
      const { num_pending } = await consumer.info();
      if (num_pending === 0) return "empty";
    }
    return await consumer.consume({
      max_messages: o.ahead ?? 256,
      expires: 2 * HEARTBEAT_MS,
      idle_heartbeat: HEARTBEAT_MS,
    });
  });
}

/** NATS' own rule: `*` stands for one token, a last `>` for one or more. */
function matches(pattern: string, subject: string): boolean {
  const [wanted, found] = [pattern.split("."), subject.split(".")];
  for (const [i, token] of wanted.entries()) {
    if (token === ">") return found.length > i;
    if (found[i] === undefined || (token !== "*" && token !== found[i])) return false;
  }
  return wanted.length === found.length;
}
