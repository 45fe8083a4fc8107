import { RetentionPolicy, StorageType } from "@nats-io/jetstream";
import { z } from "zod";
import { BackboneError, reason } from "../errors.js";
import { ensureStream } from "../link/ensure-stream.js";
import type { Link } from "../link/link.js";
import { removeMessage } from "../link/remove-message.js";
import type { Projectable, StreamMessage } from "../projections/projectable.js";
import { Projection } from "../projections/projection.js";
import type { DeadLetters } from "./dead-letters.js";

const STREAM = "VIBEWRITER_ADVISORIES";
/** The server says it here when a task was delivered for the last time and nobody has acknowledged it. */
const SUBJECT = "$JS.EVENT.ADVISORY.CONSUMER.MAX_DELIVERIES.VIBEWRITER_TASKS.*";

const advisorySchema = z.object({
  stream: z.string(),
  consumer: z.string(),
  stream_seq: z.int(),
  deliveries: z.int(),
  timestamp: z.string(),
});
type Advisory = z.infer<typeof advisorySchema>;

const advisories: Projectable<Advisory> = {
  name: STREAM,
  filters: () => [SUBJECT],
  parse(message: StreamMessage): Advisory {
    try {
      return advisorySchema.parse(message.json());
    } catch (error) {
      const why = `What the server says of a task cannot be read: ${reason(error)}`;
      throw new BackboneError("corrupt", why, { cause: error });
    }
  },
};

/**
 * Makes dead letters of tasks that their queue has given up: such a task would stay in its stream for ever, delivered to
 * nobody. What the server says of them is a stream, too, so none is missed while no process runs. Any number of
 * processes may collect.
 */
export async function collectUndelivered(link: Link, deadLetters: DeadLetters): Promise<Projection<Advisory>> {
  await ensureStream(link, {
    name: STREAM,
    subjects: [SUBJECT],
    storage: StorageType.File,
    retention: RetentionPolicy.Workqueue,
  });
  const apply = (advisory: Advisory) => buryTask(link, deadLetters, advisory);
  return Projection.start({ link, deadLetters, stream: advisories, handler: { name: "undelivered", apply } });
}

/** First the letter, then out of the queue: a crash in between does both again, and each is done once. */
async function buryTask(link: Link, deadLetters: DeadLetters, advisory: Advisory): Promise<void> {
  const { stream, consumer, stream_seq: seq, deliveries, timestamp } = advisory;
  const what = `read task ${seq} of ${stream}`;
  const task = await link.patiently(what, () => link.jsm.streams.getMessage(stream, { seq }));
  if (!task) return; // Acknowledged late after all, or buried before.
  const headers = [...task.header].flatMap(([name, [value = ""]]) => (name.startsWith("Nats-") ? [] : [[name, value]]));
  await deadLetters.bury({
    kind: "task",
    by: consumer,
    stream,
    seq,
    subject: task.subject,
    reason: `It was delivered ${deliveries} times and never acknowledged: whoever worked on it died or hung.`,
    tries: deliveries,
    firstAt: task.time.toISOString(),
    lastAt: new Date(timestamp).toISOString(),
    message: { data: Buffer.from(task.data).toString("base64"), headers: Object.fromEntries(headers) },
  });
  await removeMessage(link, stream, seq);
}
