import { isDeepStrictEqual } from "node:util";
import type { RunnableConfig } from "@langchain/core/runnables";
import {
  BaseCheckpointSaver,
  type ChannelVersions,
  type Checkpoint,
  type CheckpointListOptions,
  type CheckpointMetadata,
  type CheckpointTuple,
  type PendingWrite,
} from "@langchain/langgraph-checkpoint";
import { jetstreamManager } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/transport-node";
import { Blobs } from "./blobs.js";
import { CheckpointReader } from "./checkpoint-reader.js";
import { CheckpointWriter } from "./checkpoint-writer.js";
import { configFor, targetOf, threadOf } from "./config.js";
import { connect } from "./connect.js";
import { type DeltaHistory, deltaHistory } from "./delta.js";
import { NatsSaverError } from "./errors.js";
import { Journal } from "./journal.js";
import { CheckpointLog } from "./log.js";
import { type NatsSaverOptions, type NatsSaverUrlOptions, readOptions, screened } from "./options.js";
import type { Stored } from "./record.js";
import { type Pruned, type PruneOptions, Retention } from "./retention.js";
import { createStream } from "./stream.js";
import { Scope, threadSubject } from "./subjects.js";
import { exportThread } from "./thread-export.js";
import { type Imported, importThread, type ThreadBytes } from "./thread-import.js";
import { type CheckedCheckpoint, checkedCheckpoints } from "./verify.js";
import { PendingWrites } from "./writes.js";

/** A LangGraph checkpointer on NATS JetStream.
 *
 * One checkpoint is one message. A call that returns has been stored by the server (on disk at once, if the server runs with
 * `sync_interval: always`). Of two writers of one thread exactly one wins; the other gets a `NatsSaverError` with code
 * `conflict`. Calls are repeated for about 20 s while the server restarts.
 *
 * @example
 * const saver = await NatsSaver.fromUrl("nats://127.0.0.1:4222");
 * await saver.setup();
 * const graph = builder.compile({ checkpointer: saver });
 */
export class NatsSaver extends BaseCheckpointSaver implements AsyncDisposable {
  readonly #agent: string;
  readonly #connection: NatsConnection;
  readonly #ownsConnection: boolean;
  readonly #journal: Journal;
  readonly #log: CheckpointLog;
  readonly #blobs: Blobs;
  readonly #writes: PendingWrites;
  readonly #reader: CheckpointReader;
  readonly #writer: CheckpointWriter;
  readonly #retention: Retention;
  readonly #screen: (bytes: Uint8Array) => Uint8Array;

  private constructor(connection: NatsConnection, ownsConnection: boolean, options: NatsSaverOptions) {
    const { serde, screen = (bytes) => bytes, ...writer } = readOptions(options);
    super(serde);
    this.#screen = screen;
    this.serde = screened(this.serde, screen);
    this.#agent = writer.agent;
    this.#connection = connection;
    this.#ownsConnection = ownsConnection;
    this.#journal = new Journal(connection);
    this.#log = new CheckpointLog(this.#journal, writer);
    this.#blobs = new Blobs(this.#journal, connection);
    this.#writes = new PendingWrites(this.#log, this.#blobs, this.serde);
    this.#reader = new CheckpointReader(this.#log, this.#blobs, this.#writes, this.serde);
    this.#writer = new CheckpointWriter(this.#log, this.#blobs, this.serde);
    this.#retention = new Retention(this.#log, this.#reader, this.#writes, this.#blobs);
  }

  /** Connects to `nats://[user:password@]host[:port]`; `end()` closes that connection again.
   * @throws NatsSaverError `invalid`, `refused` or `unavailable` */
  static async fromUrl(url: string, options: NatsSaverUrlOptions = {}): Promise<NatsSaver> {
    readOptions(options);
    return new NatsSaver(await connect(url, options.credentials), true, options);
  }

  /** Uses a connection that the caller keeps. */
  static fromConnection(connection: NatsConnection, options: NatsSaverOptions = {}): NatsSaver {
    return new NatsSaver(connection, false, options);
  }

  /** `full` from nats-server 2.11.4 on. `degraded` on older ones, from 2.9 on: all of it works, but reading pending writes and finding
   * a checkpoint by its id take longer. */
  get tier(): "full" | "degraded" {
    return this.#journal.seeksTime && this.#journal.readsMany ? "full" : "degraded";
  }

  /** Creates the stream and the object store, if they are missing. Once per server is enough, more does no harm.
   * @param options.replicas copies in a cluster, 1 (default), 3 or 5; for what exists already, it changes nothing
   * @throws NatsSaverError `unsuitable` when an existing stream could lose checkpoints */
  async setup({ replicas = 1 }: { replicas?: number } = {}): Promise<void> {
    await createStream(await jetstreamManager(this.#connection, { checkAPI: false }), replicas);
  }

  /** Closes the connection, if this saver opened it. */
  async end(): Promise<void> {
    if (this.#ownsConnection && !this.#connection.isClosed()) await this.#connection.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end();
  }

  /** The checkpoint that the config names, or the thread's newest; `undefined` if there is none. */
  override async getTuple(config: RunnableConfig): Promise<CheckpointTuple | undefined> {
    const { thread, namespace = "", checkpoint } = targetOf(config);
    if (thread === undefined) return undefined;
    const scope = new Scope(this.#agent, thread, namespace);
    const stored = await (checkpoint === undefined ? this.#log.newest(scope) : this.#log.byId(scope, checkpoint));
    return stored === undefined ? undefined : this.#tuple(stored);
  }

  /** Checkpoints, newest first, of the thread and namespace that the config names, or of all.
   * `filter` compares metadata deeply; `before` leaves out that checkpoint and what is newer. */
  override async *list(config: RunnableConfig, options: CheckpointListOptions = {}): AsyncGenerator<CheckpointTuple> {
    const { thread, namespace, checkpoint } = targetOf(config);
    const before = targetOf(options.before).checkpoint;
    const filter = Object.entries(options.filter ?? {});
    const seen = new Set<string>();
    let left = options.limit ?? Number.POSITIVE_INFINITY;
    if (left <= 0) return;
    for await (const stored of this.#log.backwards(thread, namespace)) {
      const { id } = stored.record;
      if (checkpoint !== undefined && id !== checkpoint) continue;
      if (before !== undefined && id >= before) continue;
      const key = `${stored.record.thread}\n${stored.record.namespace}\n${id}`;
      if (seen.has(key)) continue;
      seen.add(key);
      if (filter.length > 0) {
        const metadata = new Map<string, unknown>(Object.entries(await this.#reader.metadata(stored)));
        if (!filter.every(([name, value]) => isDeepStrictEqual(metadata.get(name), value))) continue;
      }
      const tuple = await this.#tuple(stored);
      if (tuple === undefined) continue;
      yield tuple;
      left -= 1;
      if (left <= 0) return;
    }
  }

  /** Stores a checkpoint on top of the one that the config names.
   * @throws NatsSaverError `conflict` when the thread was written by someone else since it was loaded */
  override async put(
    config: RunnableConfig,
    checkpoint: Checkpoint,
    metadata: CheckpointMetadata,
    newVersions: ChannelVersions,
  ): Promise<RunnableConfig> {
    const { thread, namespace = "", checkpoint: parent } = threadOf(config, "put()");
    await this.#writer.put(new Scope(this.#agent, thread, namespace), parent, checkpoint, metadata, newVersions);
    return configFor(thread, namespace, checkpoint.id);
  }

  /** Stores what a task has written on top of the checkpoint that the config names, all of it or nothing. */
  override async putWrites(
    config: RunnableConfig,
    writes: PendingWrite[],
    taskId: string,
    taskPath = "",
  ): Promise<void> {
    const { thread, namespace = "", checkpoint } = threadOf(config, "putWrites()");
    if (checkpoint === undefined) {
      throw new NatsSaverError("invalid", "putWrites() needs a checkpoint: pass { configurable: { checkpoint_id } }.");
    }
    await this.#writes.put(new Scope(this.#agent, thread, namespace), checkpoint, writes, taskId, taskPath);
  }

  /** Deletes a thread with all its namespaces, writes and large values. May be repeated if it was interrupted. */
  override async deleteThread(threadId: string): Promise<void> {
    const { thread } = threadOf({ configurable: { thread_id: threadId } }, "deleteThread()");
    await this.#blobs.deleteObjects(this.#agent, thread);
    await this.#journal.purge(`${threadSubject(this.#agent, thread)}.>`);
    this.#log.forget(thread);
  }

  /** Removes old intermediate checkpoints of finished threads, with what belongs to them alone. The newest, the heads of branches,
   * the places where branches part, and all that delta channels are rebuilt from stay, and stay readable. May be repeated if it
   * was interrupted; threads may be read and written meanwhile.
   * @throws NatsSaverError `invalid` or `unavailable`; a damaged thread is left alone and named in the result */
  async prune(options: PruneOptions): Promise<Pruned> {
    return this.#retention.prune(options);
  }

  /** A thread with all its namespaces, writes and large values as the bytes of one file.
   * @throws NatsSaverError `invalid` when there is no such thread, `corrupt` when part of it is damaged */
  async *exportThread(threadId: string): AsyncGenerator<Uint8Array> {
    const { thread } = threadOf({ configurable: { thread_id: threadId } }, "exportThread()");
    yield* exportThread({ log: this.#log, blobs: this.#blobs, writes: this.#writes }, thread);
  }

  /** Stores a thread from the file that `exportThread` made, under its own id or another one.
   * @throws NatsSaverError `exists`, or `corrupt` when the file is damaged: then nothing was stored */
  async importThread(bytes: ThreadBytes, { as }: { as?: string } = {}): Promise<Imported> {
    if (as !== undefined) threadOf({ configurable: { thread_id: as } }, "importThread()");
    const remove = (thread: string) => this.deleteThread(thread);
    return importThread({ writer: this.#writer, writes: this.#writes, screen: this.#screen, remove }, bytes, as);
  }

  /** A stored checkpoint as LangGraph reads it; `undefined` if it was pruned while it was read. */
  async #tuple(stored: Stored): Promise<CheckpointTuple | undefined> {
    try {
      return await this.#reader.tuple(stored);
    } catch (error) {
      const isDamage = error instanceof NatsSaverError && error.code === "corrupt";
      if (isDamage && (await this.#journal.at(stored.seq)) === undefined) return undefined;
      throw error;
    }
  }

  /** Reads every checkpoint of this agent with all that belongs to it, and says which are damaged. */
  verify(): AsyncGenerator<CheckedCheckpoint, void, undefined> {
    return checkedCheckpoints(this.#journal, this.#reader, this.#agent);
  }

  /** What delta channels are rebuilt from: reads only those channels of each ancestor. */
  override async getDeltaChannelHistory(options: {
    config: RunnableConfig;
    channels: string[];
  }): Promise<DeltaHistory> {
    const { thread, namespace = "", checkpoint } = threadOf(options.config, "getDeltaChannelHistory()");
    const scope = new Scope(this.#agent, thread, namespace);
    return deltaHistory(
      { log: this.#log, reader: this.#reader, writes: this.#writes },
      scope,
      checkpoint,
      options.channels,
    );
  }
}
