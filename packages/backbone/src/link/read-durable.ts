import { AckPolicy, type ConsumerMessages, type JsMsg } from "@nats-io/jetstream";
import { nanos } from "@nats-io/transport-node";
import { atLeast } from "../server/nats-binary.js";
import type { Link } from "./link.js";
import { endWhenSilent, HEARTBEAT_MS } from "./silence.js";
import { matches } from "./subjects.js";
import { asBackboneError, isTransient } from "./transient.js";

export interface DurableReading {
  stream: string;
  /** Of the consumer, which keeps its position on the server. */
  name: string;
  subjects: readonly string[];
  signal: AbortSignal;
}

/** How long the server waits for an acknowledgement, or for the word that somebody is at it, before it sends again. */
const ACK_WAIT_MS = 10_000;
const WORKING_MS = 3_000;

/**
 * Reads a stream in order through a durable consumer, one message at a time: the next one comes when the caller asks for
 * it, and only then the one before is acknowledged, twice, so that the server has said that it knows. Processes that
 * share the name share the messages. Ends quietly when `signal` aborts; what is under way then comes again.
 */
export async function* readDurable(link: Link, o: DurableReading): AsyncGenerator<JsMsg, void, undefined> {
  let given = 0;
  while (!o.signal.aborted && !link.closed.aborted) {
    const messages = await open(link, o);
    const interrupt = () => void messages.close();
    o.signal.addEventListener("abort", interrupt, { once: true });
    link.closed.addEventListener("abort", interrupt, { once: true });
    void link.nextReconnect().then(interrupt);
    void endWhenSilent(messages);
    if (o.signal.aborted || link.closed.aborted) interrupt();
    try {
      for await (const message of messages) {
        // It comes again when the server did not hear, before it restarted, that it was dealt with.
        const isNew = message.seq > given && o.subjects.some((pattern) => matches(pattern, message.subject));
        if (isNew) {
          const working = setInterval(() => message.working(), WORKING_MS);
          try {
            yield message;
          } finally {
            clearInterval(working);
          }
          given = message.seq;
        }
        await message.ackAck({ timeout: ACK_WAIT_MS / 2 });
      }
    } catch (error) {
      if (!isTransient(error)) throw asBackboneError(error, `read ${o.stream}`);
    } finally {
      o.signal.removeEventListener("abort", interrupt);
      link.closed.removeEventListener("abort", interrupt);
      await messages.close();
    }
  }
}

async function open(link: Link, o: DurableReading): Promise<ConsumerMessages> {
  return await link.patiently(`read ${o.stream}`, async () => {
    const [only = ">", ...more] = o.subjects;
    // Before 2.10 a consumer has one filter only: take everything, and leave the choice to `matches`.
    const several = atLeast(link.serverVersion, 2, 10) ? { filter_subjects: [...o.subjects] } : {};
    await link.jsm.consumers.add(o.stream, {
      durable_name: o.name,
      ack_policy: AckPolicy.Explicit,
      ack_wait: nanos(ACK_WAIT_MS),
      // In order: nothing comes before the one before it is acknowledged.
      max_ack_pending: 1,
      ...(more.length === 0 ? { filter_subject: only } : several),
    });
    const consumer = await link.js.consumers.get(o.stream, o.name);
    return await consumer.consume({ max_messages: 1, expires: 2 * HEARTBEAT_MS, idle_heartbeat: HEARTBEAT_MS });
  });
}
