import type { ConsumerMessages } from "@nats-io/jetstream";
import { atLeast } from "../server/nats-binary.js";
import type { Link } from "./link.js";
import { readDirectly } from "./read-directly.js";
import type { ReadMessage, StreamReading } from "./reading.js";
import { endWhenSilent, HEARTBEAT_MS } from "./silence.js";
import { matches } from "./subjects.js";
import { asBackboneError, isForbidden, isTransient } from "./transient.js";

/**
 * Reads a stream in order, each message once, over reconnects and restarts of the server: whenever its consumer is
 * lost it makes another one behind the last message it has given out. Ends quietly when `signal` aborts.
 */
export async function* readStream(link: Link, o: StreamReading): AsyncGenerator<ReadMessage, void, undefined> {
  let next = Math.max(1, o.from);
  let end = o.live ? undefined : await endOf(link, o);
  while (!o.signal?.aborted) {
    if (end !== undefined && next > end) return;
    const messages = link.readsDirectly ? "forbidden" : await open(link, o, next);
    if (messages === "forbidden") {
      yield* readDirectly(link, { ...o, from: next });
      return;
    }
    const interrupt = () => void messages.close();
    // What was last may have been deleted meanwhile, and then it never comes.
    const look = setInterval(async () => {
      if (end === undefined) return;
      end = await endOf(link, o).catch(() => end); // While the server is away the end stays where it was.
      if (next > (end ?? 0)) interrupt();
    }, HEARTBEAT_MS);
    o.signal?.addEventListener("abort", interrupt, { once: true });
    link.closed.addEventListener("abort", interrupt, { once: true });
    void link.nextReconnect().then(interrupt);
    void endWhenSilent(messages);
    // Aborted while the consumer was being made: an event that has fired does not fire again for a late listener.
    if (o.signal?.aborted || link.closed.aborted) interrupt();
    try {
      for await (const message of messages) {
        if (message.seq < next) continue;
        next = message.seq + 1;
        if (o.subjects.some((pattern) => matches(pattern, message.subject))) yield message;
        if (end !== undefined && next > end) return;
        if (o.signal?.aborted) return;
      }
    } catch (error) {
      if (!isTransient(error)) throw asBackboneError(error, `read ${o.stream}`);
    } finally {
      clearInterval(look);
      o.signal?.removeEventListener("abort", interrupt);
      link.closed.removeEventListener("abort", interrupt);
      await messages.close();
    }
  }
}

/** The sequence of the last message that is there now, 0 for none; of the leader, as a consumer may sit on a replica that lags behind. */
async function endOf(link: Link, o: StreamReading): Promise<number> {
  const last = await link.patiently(`find the end of ${o.stream}`, () =>
    Promise.all(o.subjects.map((subject) => link.jsm.streams.getMessage(o.stream, { last_by_subj: subject }))),
  );
  return Math.max(0, ...last.map((message) => message?.seq ?? 0));
}

async function open(link: Link, o: StreamReading, from: number): Promise<ConsumerMessages | "forbidden"> {
  const opened = link.patiently(`read ${o.stream}`, async () => {
    const [only = ">", ...more] = o.subjects;
    // Before 2.10 a consumer has one filter only: take everything, and leave the choice to `matches`.
    const several = atLeast(link.serverVersion, 2, 10) ? [...o.subjects] : ">";
    const consumer = await link.js.consumers.get(o.stream, {
      opt_start_seq: from,
      filter_subjects: more.length === 0 ? only : several,
      inactive_threshold: 30_000,
    });
    return await consumer.consume({
      max_messages: o.ahead ?? 256,
      expires: 2 * HEARTBEAT_MS,
      idle_heartbeat: HEARTBEAT_MS,
    });
  });
  try {
    return await opened;
  } catch (error) {
    if (!isForbidden(error)) throw error;
    link.readsDirectly = true; // Our role may not make consumers; every reader after this one need not try.
    return "forbidden";
  }
}
