import { AckPolicy, DeliverPolicy, RetentionPolicy, StorageType } from "@nats-io/jetstream";
import { type Msg, nanos } from "@nats-io/transport-node";
import { ensureStream } from "../link/ensure-stream.js";
import { ATTEMPT_MS, type Link } from "../link/link.js";
import { lastOn, publish } from "../link/publish.js";
import { codeOf } from "../link/transient.js";
import { Delivery } from "./delivery.js";
import { consumerName, type QueueName, queueSubject, taskSubject } from "./queue-name.js";

export const TASKS_STREAM = "VIBEWRITER_TASKS";
/** A worker that has not been heard of for so long has lost its task: the next one gets it. */
export const ACK_WAIT_MS = 30_000;
/** After so many deliveries nobody gets the task any more; the server says so in an advisory. */
export const MAX_DELIVER = 16;
/** Tasks of one queue that are under way at the same time, over all workers. */
const MOST_UNDER_WAY = 4_096;
const CONSUMER_EXISTS = 10_148;

/** How a queue is, over all workers. */
export interface QueueStats {
  readonly queue: QueueName;
  /** Tasks that nobody has. */
  readonly waiting: number;
  /** Tasks that a worker has. */
  readonly underWay: number;
  /** Of those, how many were delivered before. */
  readonly redelivered: number;
}

/**
 * Tasks that workers pull as they have room: stream VIBEWRITER_TASKS, a work queue. A task is one message on a subject of its own, so one
 * that is submitted anew takes the place of the one before. A delivery says who may try, and nothing more: an acknowledgement is not a
 * lease, a server that crashes may deliver again what somebody holds, and whatever a task writes has to be fenced by an epoch.
 */
export class TaskQueue {
  readonly #link: Link;
  readonly #ready = new Set<QueueName>();

  private constructor(link: Link) {
    this.#link = link;
  }

  static async open(link: Link): Promise<TaskQueue> {
    await ensureStream(link, {
      name: TASKS_STREAM,
      subjects: ["vibewriter.tasks.pool.*.*", "vibewriter.tasks.host.*.*"],
      storage: StorageType.File,
      retention: RetentionPolicy.Workqueue,
      max_msgs_per_subject: 1,
      allow_direct: true,
    });
    return new TaskQueue(link);
  }

  /**
   * Puts a task on a queue. `submission` names this very submission: repeated, it is the same task; another one replaces the task
   * that is there, and who works on that one is not told.
   * @throws BackboneError `invalid`, `too_large`, `unavailable`
   */
  async submit(queue: QueueName, id: string, submission: string): Promise<void> {
    const subject = taskSubject(queue, id);
    const messageId = `${queue}.${id}.${submission}`;
    await publish(this.#link, { stream: TASKS_STREAM, subject, data: JSON.stringify({ submission }), messageId });
  }

  /** Takes a task off a queue, whoever has it. */
  async withdraw(queue: QueueName, id: string): Promise<void> {
    const filter = taskSubject(queue, id);
    await this.#link.patiently(`withdraw the task ${id}`, () => this.#link.jsm.streams.purge(TASKS_STREAM, { filter }));
  }

  /** Whether a task is on a queue, also one that a worker has. */
  async has(queue: QueueName, id: string): Promise<boolean> {
    return (await lastOn(this.#link, TASKS_STREAM, taskSubject(queue, id))) !== undefined;
  }

  /** The next task of a queue, or `undefined` at once if there is none. It is the caller's until it answers or lets go of it. */
  async take(queue: QueueName): Promise<Delivery | undefined> {
    if (!this.#ready.has(queue)) await this.#ensureConsumer(queue);
    const subject = `$JS.API.CONSUMER.MSG.NEXT.${TASKS_STREAM}.${consumerName(queue)}`;
    const pull = JSON.stringify({ batch: 1, no_wait: true });
    let message: Msg;
    try {
      // The answer comes under the task's own subject, by which a shared inbox would not find who has asked.
      message = await this.#link.connection.request(subject, pull, { timeout: ATTEMPT_MS, noMux: true });
    } catch (error) {
      this.#ready.delete(queue); // Perhaps somebody has removed the consumer; the next call makes it again.
      throw error;
    }
    // A status instead of a task: there is none.
    return message.headers?.code ? undefined : Delivery.of(this.#link, message);
  }

  /** Yields whenever a task may have come onto one of the queues, until `signal` aborts. A hint, nothing more: some are missed. */
  async *news(queues: readonly QueueName[], signal: AbortSignal): AsyncGenerator<void, void, undefined> {
    let wake: () => void = () => undefined;
    let isNew = false;
    const callback = () => {
      isNew = true;
      wake();
    };
    const { connection, closed } = this.#link;
    const subscriptions = queues.map((queue) => connection.subscribe(`${queueSubject(queue)}.*`, { callback }));
    const ending = AbortSignal.any([signal, closed]);
    ending.addEventListener("abort", callback, { once: true });
    try {
      while (!ending.aborted) {
        if (!isNew) {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
        isNew = false;
        if (!ending.aborted) yield;
      }
    } finally {
      ending.removeEventListener("abort", callback);
      for (const subscription of subscriptions) subscription.unsubscribe();
    }
  }

  /** Every queue that has or had workers. */
  async stats(): Promise<QueueStats[]> {
    return await this.#link.patiently("look at the queues", async () => {
      const found: QueueStats[] = [];
      for await (const info of this.#link.jsm.consumers.list(TASKS_STREAM)) {
        const { num_pending: waiting, num_ack_pending: underWay, num_redelivered: redelivered } = info;
        const [kind, ...name] = info.name.split("_");
        const queue: QueueName = kind === "host" ? `host.${name.join("_")}` : `pool.${name.join("_")}`;
        found.push({ queue, waiting, underWay, redelivered });
      }
      return found.sort((a, b) => (a.queue < b.queue ? -1 : 1));
    });
  }

  async #ensureConsumer(queue: QueueName): Promise<void> {
    const name = consumerName(queue);
    const settings = {
      ack_wait: nanos(ACK_WAIT_MS),
      max_deliver: MAX_DELIVER,
      max_ack_pending: MOST_UNDER_WAY,
      filter_subject: `${queueSubject(queue)}.*`,
    };
    await this.#link.patiently(`make the queue ${queue}`, async () => {
      try {
        const fixed = { durable_name: name, ack_policy: AckPolicy.Explicit, deliver_policy: DeliverPolicy.All };
        await this.#link.jsm.consumers.add(TASKS_STREAM, { ...fixed, ...settings });
      } catch (error) {
        if (codeOf(error) !== CONSUMER_EXISTS) throw error;
        await this.#link.jsm.consumers.update(TASKS_STREAM, name, settings);
      }
    });
    this.#ready.add(queue);
  }
}
