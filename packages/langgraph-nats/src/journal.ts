import {
  DeliverPolicy,
  JetStreamApiCodes,
  type JetStreamClient,
  type JetStreamManager,
  jetstream,
  jetstreamManager,
  type StoredMsg,
} from "@nats-io/jetstream";
import {
  headers as emptyHeaders,
  type NatsConnection,
  type QueuedIterator,
  TimeoutError,
} from "@nats-io/transport-node";
import { NatsSaverError } from "./errors.js";
import { ATTEMPT_MS, apiCode, persevere, statusCode } from "./retry.js";
import { inspectStream } from "./stream.js";
import { STREAM } from "./subjects.js";

/** One message of the stream. */
export interface Entry {
  subject: string;
  seq: number;
  data: Uint8Array;
  header(name: string): string | undefined;
}

export interface AppendOptions {
  /** Sequence of the last message that the subject must still have; 0 for none. */
  expected: number;
  headers?: Record<string, string>;
  /** The server drops a second message with the same id (for two minutes). */
  messageId?: string;
}

const BATCH = 256;
/** What one batch read may ask for; the server answers `413` to more. */
const MOST_SUBJECTS = 1024;
const TOO_MANY_SUBJECTS = 413;
const FIRST_WITH_BATCH_READS = [2, 11];

/** The state stream, read and appended to. Every method is repeated while the server is away, and all of them may be. */
export class Journal {
  readonly #js: JetStreamClient;
  readonly #connection: NatsConnection;
  readonly #batchReads: boolean;
  #opened: Promise<{ manager: JetStreamManager; replicated: boolean }> | undefined;

  constructor(connection: NatsConnection) {
    this.#connection = connection;
    this.#js = jetstream(connection, { timeout: ATTEMPT_MS });
    this.#batchReads = isAtLeast(connection.info?.version ?? "", FIRST_WITH_BATCH_READS);
  }

  /** Bytes of the largest message that the server takes. */
  get largestMessage(): number {
    return this.#connection.info?.max_payload ?? 1024 * 1024;
  }

  /** Appends one message and returns its sequence, or `undefined` if the subject's last message is not the expected one.
   * `duplicate`: the server has dropped it, because it had taken a message with the same id (at that sequence) before. */
  async append(
    subject: string,
    data: Uint8Array,
    { expected, headers = {}, messageId }: AppendOptions,
  ): Promise<{ seq: number; duplicate: boolean } | undefined> {
    if (data.length > this.largestMessage - 4096) {
      throw new NatsSaverError(
        "too_large",
        `A message of ${data.length} bytes does not fit the server's max_payload of ${this.largestMessage}: raise max_payload, or keep less in the metadata.`,
      );
    }
    const prepared = emptyHeaders();
    for (const [name, value] of Object.entries(headers)) prepared.set(name, value);
    await this.#open();
    return persevere("store a checkpoint", async () => {
      try {
        const ack = await this.#js.publish(subject, data, {
          headers: prepared,
          timeout: ATTEMPT_MS,
          expect: { streamName: STREAM, lastSubjectSequence: expected },
          ...(messageId === undefined ? {} : { msgID: messageId }),
        });
        return { seq: ack.seq, duplicate: ack.duplicate };
      } catch (error) {
        if (isWrongSequence(error)) return undefined;
        throw error;
      }
    });
  }

  /** The last message of a subject. Read from the leader, because a replica may lag behind. */
  async last(subject: string): Promise<Entry | undefined> {
    const { manager, replicated } = await this.#open();
    return persevere("read the last checkpoint", async () => {
      const api = replicated ? manager.streams : manager.direct;
      return toEntry(await api.getMessage(STREAM, { last_by_subj: subject }));
    });
  }

  /** The message with a sequence, if it is still there. */
  async at(seq: number): Promise<Entry | undefined> {
    const { manager, replicated } = await this.#open();
    return persevere("read a checkpoint", async () => {
      const found = await manager.direct.getMessage(STREAM, { seq });
      if (found !== null || !replicated) return toEntry(found);
      return toEntry(await manager.streams.getMessage(STREAM, { seq }));
    });
  }

  /** The last message of each subject that matches, in no particular order. */
  async lastOfEach(filter: string): Promise<Entry[]> {
    const { manager } = await this.#open();
    return persevere("read pending writes", async () => {
      if (this.#batchReads) {
        const query = { multi_last: [filter], batch: MOST_SUBJECTS };
        const found = await collect(await manager.direct.getLastMessagesFor(STREAM, query));
        if (found !== undefined) return found;
      }
      return this.#consume(filter, { deliver_policy: DeliverPolicy.LastPerSubject });
    });
  }

  /** The last message of a subject up to a sequence: what stands before a message that was deleted. */
  async lastUpTo(subject: string, seq: number): Promise<Entry | undefined> {
    const { manager } = await this.#open();
    return persevere("read a thread", async () => {
      if (this.#batchReads) {
        const query = { multi_last: [subject], up_to_seq: seq, batch: 1 };
        const found = await collect(await manager.direct.getLastMessagesFor(STREAM, query));
        if (found !== undefined) return found[0];
      }
      const all = await this.#consume(subject, { opt_start_seq: 1 });
      return all.findLast((entry) => entry.seq <= seq);
    });
  }

  /** At most `most` messages of a subject from a sequence or a time on, oldest first; fewer only where there are no more. */
  async some(subject: string, start: number | Date, most: number): Promise<Entry[]> {
    const { manager } = await this.#open();
    return persevere("read a thread", async () => {
      if (this.#batchReads) {
        const from = typeof start === "number" ? { seq: start } : { start_time: start };
        const query = { ...from, next_by_subj: subject, batch: most };
        const found = await collect(await manager.direct.getBatch(STREAM, query), most);
        if (found !== undefined) return found;
      }
      const option = typeof start === "number" ? { opt_start_seq: start } : { opt_start_time: start.toISOString() };
      return this.#consume(subject, option, most);
    });
  }

  /** All messages of a subject, oldest first. */
  async *all(subject: string): AsyncGenerator<Entry> {
    for (let next: number | undefined = 1; next !== undefined; ) {
      const batch = await this.some(subject, next, BATCH);
      yield* batch;
      const last = batch.at(-1);
      next = last === undefined ? undefined : last.seq + 1;
    }
  }

  /** Removes every message whose subject matches. */
  async purge(filter: string): Promise<void> {
    const { manager } = await this.#open();
    await persevere("delete a thread", () => manager.streams.purge(STREAM, { filter }));
  }

  async #consume(
    filter: string,
    options: { deliver_policy: DeliverPolicy } | { opt_start_seq: number } | { opt_start_time: string },
    most = Number.POSITIVE_INFINITY,
  ): Promise<Entry[]> {
    const consumer = await this.#js.consumers.get(STREAM, {
      filter_subjects: filter,
      inactive_threshold: 30_000,
      ...options,
    });
    const found: Entry[] = [];
    let { num_pending: pending } = await consumer.info();
    while (pending > 0 && found.length < most) {
      const want = Math.min(BATCH, most - found.length);
      const before = found.length;
      for await (const message of await consumer.fetch({ max_messages: want, expires: ATTEMPT_MS })) {
        const { subject, seq, data, headers } = message;
        found.push({ subject, seq, data, header: (name) => headers?.get(name) || undefined });
        pending = message.info.pending;
      }
      if (found.length === before) throw new TimeoutError();
    }
    await consumer.delete();
    return found;
  }

  #open(): Promise<{ manager: JetStreamManager; replicated: boolean }> {
    this.#opened ??= this.#inspect().catch((error) => {
      this.#opened = undefined;
      throw error;
    });
    return this.#opened;
  }

  async #inspect(): Promise<{ manager: JetStreamManager; replicated: boolean }> {
    const manager = await jetstreamManager(this.#connection, { timeout: ATTEMPT_MS, checkAPI: false });
    const { replicas } = await persevere("open the state stream", () => inspectStream(manager));
    return { manager, replicated: replicas > 1 };
  }
}

/** The messages of a batch read, or `undefined` if the server could not send all of them this way.
 * @param most for a read of one subject's messages: how many were asked for */
async function collect(batch: QueuedIterator<StoredMsg>, most?: number): Promise<Entry[] | undefined> {
  // The client has no deadline once the first message is there; the server may die in between.
  const timer = setTimeout(() => batch.stop(new TimeoutError()), ATTEMPT_MS);
  const found: Entry[] = [];
  let pending = 0;
  try {
    for await (const message of batch) {
      found.push(entryOf(message));
      pending = message.pending;
    }
  } catch (error) {
    const status = statusCode(error);
    if (status !== 404 && status !== TOO_MANY_SUBJECTS) throw error;
    // Reading the last of each subject, "message not found" means that one was deleted meanwhile; there may be others.
    const hasNone = status === 404 && (most !== undefined || String(error).includes("no results"));
    if (!hasNone || found.length > 0) return undefined;
  } finally {
    clearTimeout(timer);
  }
  return pending > 0 && found.length < (most ?? Number.POSITIVE_INFINITY) ? undefined : found;
}

function toEntry(message: StoredMsg | null): Entry | undefined {
  return message === null ? undefined : entryOf(message);
}

function entryOf(message: StoredMsg): Entry {
  return {
    subject: message.subject,
    seq: message.seq,
    data: message.data,
    header: (name) => message.header.get(name) || undefined,
  };
}

function isWrongSequence(error: unknown): boolean {
  const code = apiCode(error);
  return code === JetStreamApiCodes.StreamWrongLastSequence || code === 10_164;
}

function isAtLeast(version: string, [major = 0, minor = 0]: number[]): boolean {
  const [itsMajor = 0, itsMinor = 0] = version.split(".").map(Number);
  return itsMajor > major || (itsMajor === major && itsMinor >= minor);
}
