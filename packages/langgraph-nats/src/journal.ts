import {
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
import { STATE, type StreamKind } from "./stream.js";

/** One message of the stream. */
export interface Entry {
  subject: string;
  seq: number;
  data: Uint8Array;
  header(name: string): string | undefined;
}

/** One that was read from the stream. */
export interface StoredEntry extends Entry {
  /** When the server stored it, by its own clock. */
  time: Date;
}

export interface AppendOptions {
  /** Sequence of the last message that the subject must still have; 0 for none. */
  expected: number;
  headers?: Record<string, string>;
  /** The server drops a second message with the same id (for two minutes). */
  messageId?: string;
  /** After this many seconds the server removes the message, if the stream allows that. */
  ttlSeconds?: number;
}

/** What one batch read may ask for; the server answers `413` to more. */
const MOST_SUBJECTS = 1024;
const TOO_MANY_SUBJECTS = 413;
const MESSAGE_MISSING = 10_037;

/** What the server understands, more than the client's types for reads from the leader say. */
type Query = { last_by_subj: string } | { seq: number; next_by_subj?: string; start_time?: Date };

interface Access {
  manager: JetStreamManager;
  replicated: boolean;
  expires: boolean;
  /** Reads what is there now. In a cluster only the leader can: any replica answers a direct read, and may lag behind. */
  current: { getMessage(stream: string, query: Query): Promise<StoredMsg | null> };
}

/** A stream, read and appended to. Every method is repeated while the server is away, and all of them may be. */
export class Journal {
  readonly #js: JetStreamClient;
  readonly #connection: NatsConnection;
  /** Whether the log can be read from a time on (`from` with a date). */
  readonly seeksTime: boolean;
  /** Whether the last messages of many subjects can be read at once. */
  readonly readsMany: boolean;
  readonly #kind: StreamKind;
  #opened: Promise<Access> | undefined;

  constructor(connection: NatsConnection, kind: StreamKind = STATE) {
    this.#connection = connection;
    this.#kind = kind;
    this.#js = jetstream(connection, { timeout: ATTEMPT_MS });
    const version = connection.info?.version ?? "";
    this.seeksTime = isAtLeast(version, [2, 11, 0]);
    // The releases of 2.11 before this one can lock up when they read the last message of many subjects.
    this.readsMany = isAtLeast(version, [2, 11, 4]);
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
    { expected, headers = {}, messageId, ttlSeconds }: AppendOptions,
  ): Promise<{ seq: number; duplicate: boolean } | undefined> {
    if (data.length > this.largestMessage - 4096) {
      throw new NatsSaverError(
        "too_large",
        `A message of ${data.length} bytes does not fit the server's max_payload of ${this.largestMessage}: raise max_payload, or keep less in ${this.#kind.heavy}.`,
      );
    }
    const prepared = emptyHeaders();
    for (const [name, value] of Object.entries(headers)) prepared.set(name, value);
    await this.#open();
    return persevere(`store ${this.#kind.one}`, async () => {
      try {
        const ack = await this.#js.publish(subject, data, {
          headers: prepared,
          timeout: ATTEMPT_MS,
          expect: { streamName: this.#kind.stream, lastSubjectSequence: expected },
          ...(messageId === undefined ? {} : { msgID: messageId }),
          ...(ttlSeconds === undefined ? {} : { ttl: `${ttlSeconds}s` }),
        });
        return { seq: ack.seq, duplicate: ack.duplicate };
      } catch (error) {
        if (isWrongSequence(error)) return undefined;
        throw error;
      }
    });
  }

  /** The last message of a subject. */
  async last(subject: string): Promise<StoredEntry | undefined> {
    const { current } = await this.#open();
    const read = () => current.getMessage(this.#kind.stream, { last_by_subj: subject });
    return toEntry(await persevere(`read ${this.#kind.one}`, read));
  }

  /** The message with a sequence, if it is still there. */
  async at(seq: number): Promise<StoredEntry | undefined> {
    const { manager, current } = await this.#open();
    return persevere(`read ${this.#kind.one}`, async () => {
      // A message never changes, so any replica will do, unless it does not have it yet.
      return toEntry(
        (await manager.direct.getMessage(this.#kind.stream, { seq })) ??
          (await current.getMessage(this.#kind.stream, { seq })),
      );
    });
  }

  /** The last message of each subject that matches, in no particular order. */
  async lastOfEach(filter: string): Promise<StoredEntry[]> {
    const { manager, current, replicated } = await this.#open();
    return persevere("read pending writes", async () => {
      if (this.readsMany && !replicated) {
        const query = { multi_last: [filter], batch: MOST_SUBJECTS };
        const found = await collect(await manager.direct.getLastMessagesFor(this.#kind.stream, query));
        if (found !== undefined) return found;
      }
      const { state } = await manager.streams.info(this.#kind.stream, { subjects_filter: filter });
      const subjects = Object.keys(state.subjects ?? {});
      const found = await Promise.all(
        subjects.map((subject) => current.getMessage(this.#kind.stream, { last_by_subj: subject })),
      );
      return found.flatMap((message) => toEntry(message) ?? []);
    });
  }

  /** The last message of a subject up to a sequence: what stands before a message that was deleted. */
  async lastUpTo(subject: string, seq: number): Promise<StoredEntry | undefined> {
    let last: StoredEntry | undefined;
    for await (const entry of this.from(subject, 1)) {
      if (entry.seq > seq) break;
      last = entry;
    }
    return last;
  }

  /** The messages of a subject from a sequence or (see `seeksTime`) a time on, oldest first. */
  async *from(subject: string, start: number | Date): AsyncGenerator<StoredEntry> {
    const { current } = await this.#open();
    for (let at = start; ; ) {
      // One by one: nats-server 2.12.0 and 2.12.1 lock up for good when a batch is read while a message is written.
      const query = typeof at === "number" ? { seq: at } : { seq: 0, start_time: at };
      const read = () => current.getMessage(this.#kind.stream, { ...query, next_by_subj: subject });
      const entry = toEntry(await persevere(`read ${this.#kind.whole}`, read));
      if (entry === undefined) return;
      yield entry;
      at = entry.seq + 1;
    }
  }

  /** The subjects that match and have messages. */
  async subjects(filter: string): Promise<string[]> {
    const { manager } = await this.#open();
    const look = () => manager.streams.info(this.#kind.stream, { subjects_filter: filter });
    const { state } = await persevere(`look through ${this.#kind.whole}`, look);
    return Object.keys(state.subjects ?? {});
  }

  /** Removes every message whose subject matches, of all or of those before a sequence. */
  async purge(filter: string, o: { before?: number } = {}): Promise<void> {
    const { manager } = await this.#open();
    const only = o.before === undefined ? { filter } : { filter, seq: o.before };
    await persevere(`delete ${this.#kind.whole}`, () => manager.streams.purge(this.#kind.stream, only));
  }

  /** Removes one message. */
  async remove(seq: number): Promise<void> {
    const { manager } = await this.#open();
    await persevere(`delete ${this.#kind.one}`, async () => {
      // Not there any more is what was wanted.
      await manager.streams.deleteMessage(this.#kind.stream, seq, false).catch((error: unknown) => {
        if (apiCode(error) !== MESSAGE_MISSING) throw error;
      });
    });
  }

  /** Whether the server honours `ttlSeconds`. */
  async expires(): Promise<boolean> {
    return (await this.#open()).expires;
  }

  #open(): Promise<Access> {
    this.#opened ??= this.#inspect().catch((error) => {
      this.#opened = undefined;
      throw error;
    });
    return this.#opened;
  }

  async #inspect(): Promise<Access> {
    const manager = await jetstreamManager(this.#connection, { timeout: ATTEMPT_MS, checkAPI: false });
    const { replicas, expires = false } = await persevere(`open the stream ${this.#kind.stream}`, () =>
      this.#kind.inspect(manager),
    );
    const replicated = replicas > 1;
    return { manager, replicated, expires, current: replicated ? manager.streams : manager.direct };
  }
}

/** The messages of a read of many subjects, or `undefined` if the server could not send all of them this way. */
async function collect(batch: QueuedIterator<StoredMsg>): Promise<StoredEntry[] | undefined> {
  // The client has no deadline once the first message is there; the server may die in between.
  const timer = setTimeout(() => batch.stop(new TimeoutError()), ATTEMPT_MS);
  const found: StoredEntry[] = [];
  let pending = 0;
  try {
    for await (const message of batch) {
      found.push(entryOf(message));
      pending = message.pending;
    }
  } catch (error) {
    const status = statusCode(error);
    if (status !== 404 && status !== TOO_MANY_SUBJECTS) throw error;
    // "Message not found" means that one of them was deleted meanwhile; there may be others.
    const hasNone = status === 404 && found.length === 0 && String(error).includes("no results");
    return hasNone ? [] : undefined;
  } finally {
    clearTimeout(timer);
  }
  return pending > 0 ? undefined : found;
}

function toEntry(message: StoredMsg | null): StoredEntry | undefined {
  return message === null ? undefined : entryOf(message);
}

function entryOf(message: StoredMsg): StoredEntry {
  return {
    subject: message.subject,
    seq: message.seq,
    data: message.data,
    time: message.time,
    header: (name) => message.header.get(name) || undefined,
  };
}

function isWrongSequence(error: unknown): boolean {
  const code = apiCode(error);
  return code === JetStreamApiCodes.StreamWrongLastSequence || code === 10_164;
}

export function isAtLeast(version: string, least: readonly [number, number, number]): boolean {
  const parts = version.split("-", 1)[0]?.split(".").map(Number) ?? [];
  for (const [place, wanted] of least.entries()) {
    const part = parts[place] ?? 0;
    if (part !== wanted) return part > wanted;
  }
  return true;
}
