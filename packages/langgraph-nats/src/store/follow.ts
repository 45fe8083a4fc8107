import { setTimeout as sleep } from "node:timers/promises";
import { type ConsumerMessages, DeliverPolicy, type JsMsg, jetstream } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/transport-node";
import { ATTEMPT_MS, persevere } from "../retry.js";
import { MEMORY_STREAM } from "./subjects.js";

/** How soon a consumer that went silent is noticed and made again. */
const HEARTBEAT_MS = 2_000;
const PAUSE_MS = 250;

/** Where to begin: with the newest message of each subject, or behind a sequence. */
export type Start = "newest" | { after: number };

/** The messages of the stream of items that match, in order, each once, and then each new one as it comes: over restarts of the
 * server, until `signal` aborts. */
export async function* follow(
  connection: NatsConnection,
  filter: string,
  start: Start,
  signal: AbortSignal,
): AsyncGenerator<JsMsg> {
  let from = start;
  while (!signal.aborted && !connection.isClosed()) {
    const messages = await open(connection, filter, from);
    const stop = () => messages.stop();
    signal.addEventListener("abort", stop, { once: true });
    void stopWhenSilent(messages);
    try {
      if (signal.aborted) return;
      for await (const message of messages) {
        if (from !== "newest" && message.seq <= from.after) continue;
        from = { after: message.seq };
        yield message;
      }
    } finally {
      signal.removeEventListener("abort", stop);
      messages.stop();
    }
    // The consumer ended by itself: its stream or its server was away. It is made again behind what was seen.
    if (!signal.aborted) await sleep(PAUSE_MS);
  }
}

/** The client would ask after the consumer that it has for ever, also when that is gone with its server of the cluster. */
async function stopWhenSilent(messages: ConsumerMessages): Promise<void> {
  for await (const { type } of messages.status()) if (type === "heartbeats_missed") messages.stop();
}

function open(connection: NatsConnection, filter: string, from: Start) {
  return persevere("follow the items", async () => {
    const consumer = await jetstream(connection, { timeout: ATTEMPT_MS }).consumers.get(MEMORY_STREAM, {
      filter_subjects: filter,
      inactive_threshold: 30_000,
      ...(from === "newest"
        ? { deliver_policy: DeliverPolicy.LastPerSubject }
        : { deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: from.after + 1 }),
    });
    return consumer.consume({ max_messages: 256, expires: 2 * HEARTBEAT_MS, idle_heartbeat: HEARTBEAT_MS });
  });
}
