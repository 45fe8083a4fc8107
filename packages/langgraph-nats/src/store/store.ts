import {
  BaseStore,
  type GetOperation,
  InvalidNamespaceError,
  type ListNamespacesOperation,
  type Operation,
  type OperationResults,
  type PutOperation,
  type SearchItem,
  type SearchOperation,
} from "@langchain/langgraph-checkpoint";
import { jetstreamManager } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/transport-node";
import { connect } from "../connect.js";
import { NatsSaverError } from "../errors.js";
import { Journal } from "../journal.js";
import { describe, type Stored, type StoreItem, type StoreItemInfo, type StoreVersion } from "./item.js";
import { Meaning } from "./meaning.js";
import { checkLabels, checkNamespace, listNamespaces } from "./namespaces.js";
import { type NatsStoreOptions, type NatsStoreUrlOptions, readStoreOptions, type StoreSettings } from "./options.js";
import { Pieces } from "./pieces.js";
import { Projection } from "./projection.js";
import { Reader } from "./reader.js";
import { Searcher } from "./searcher.js";
import { createMemoryStream, MEMORY } from "./stream.js";
import { itemSubject, itemsUnder } from "./subjects.js";
import { sweep } from "./sweep.js";
import { type StoreChange, watchItems } from "./watch.js";
import { Writer } from "./writer.js";

/** How one item is written. */
export interface WriteOptions {
  /** The version that the item must have (see `StoreItem.version`); 0: it must not exist. Without it, the last write wins. */
  expectedVersion?: number;
  /** Minutes that the item lives; default: the store's `ttl.defaultTtl`. */
  ttl?: number;
  /** Paths of what a search compares, `false` for nothing; default: the store's `index.fields`. */
  index?: false | string[];
}

const NOTHING_WRITTEN = 0;

/** A LangGraph store on NATS JetStream: long-term memory with namespaces, filters, versions, times to live and search by meaning.
 *
 * One version of an item is one message. A call that returns has been stored by the server. A search answers from an index in
 * memory, which is brought up to the end of the stream first: what any process has stored is found.
 *
 * @example
 * const store = await NatsStore.fromUrl("nats://127.0.0.1:4222");
 * await store.setup();
 * await store.put(["user", "ann"], "likes", { food: "pears" });
 */
export class NatsStore extends BaseStore implements AsyncDisposable {
  readonly #connection: NatsConnection;
  readonly #ownsConnection: boolean;
  readonly #settings: StoreSettings;
  readonly #journal: Journal;
  readonly #pieces: Pieces;
  readonly #projection: Projection;
  readonly #reader: Reader;
  readonly #writer: Writer;
  readonly #searcher: Searcher;
  readonly #meaning: Meaning | undefined;
  #sweeping: NodeJS.Timeout | undefined;

  private constructor(connection: NatsConnection, ownsConnection: boolean, settings: StoreSettings) {
    super();
    const { agent, index, serde, onDamaged } = settings;
    this.#connection = connection;
    this.#ownsConnection = ownsConnection;
    this.#settings = settings;
    this.#journal = new Journal(connection, MEMORY);
    this.#pieces = new Pieces(connection);
    this.#projection = new Projection(connection, this.#journal, this.#pieces, agent, onDamaged);
    this.#writer = new Writer(this.#journal, this.#pieces, agent);
    this.#reader = new Reader(this.#journal, this.#pieces, serde);
    this.#meaning = index === undefined ? undefined : new Meaning(index);
    this.#searcher = new Searcher(this.#projection, this.#reader, this.#meaning);
  }

  /** Connects to `nats://[user:password@]host[:port]`; `end()` closes that connection again.
   * @throws NatsSaverError `invalid`, `refused` or `unavailable` */
  static async fromUrl(url: string, options: NatsStoreUrlOptions = {}): Promise<NatsStore> {
    const settings = readStoreOptions(options);
    return new NatsStore(await connect(url, options.credentials), true, settings);
  }

  /** Uses a connection that the caller keeps. */
  static fromConnection(connection: NatsConnection, options: NatsStoreOptions = {}): NatsStore {
    return new NatsStore(connection, false, readStoreOptions(options));
  }

  /** Creates the stream and the object store, if they are missing. Once per server is enough, more does no harm.
   * @param options.replicas copies in a cluster, 1 (default), 3 or 5
   * @param options.history versions of an item that are kept, default 64; for what exists already, neither changes anything
   * @throws NatsSaverError `unsuitable` when an existing stream could lose items */
  async setup({ replicas = 1, history = 64 }: { replicas?: number; history?: number } = {}): Promise<void> {
    const manager = await jetstreamManager(this.#connection, { checkAPI: false });
    await createMemoryStream(manager, this.#connection.info?.version ?? "", { replicas, history });
  }

  /** Ends what runs in the background, and closes the connection if this store opened it. */
  async end(): Promise<void> {
    clearInterval(this.#sweeping);
    await this.#projection.end();
    if (this.#ownsConnection && !this.#connection.isClosed()) await this.#connection.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end();
  }

  /** Runs operations together. Those that read see what was there before those that write; of several writes of one item the last
   * counts. Each item is written as a whole, but several items are not written as one. */
  override async batch<Op extends Operation[]>(operations: Op): Promise<OperationResults<Op>> {
    const writes = new Map<string, PutOperation>();
    const reads = operations.map(async (operation) => {
      if ("namespacePrefix" in operation) return this.#search(operation);
      if ("value" in operation) return undefined;
      if ("key" in operation) return this.#get(operation);
      return this.#listNamespaces(operation);
    });
    for (const operation of operations) {
      if (!("value" in operation)) continue;
      checkNamespace(operation.namespace);
      writes.set(this.#subject(operation.namespace, operation.key), operation);
    }
    const results = await Promise.all(reads);
    await this.#put([...writes.values()]);
    // The results stand at the places of their operations, which is what this type says.
    return results as OperationResults<Op>;
  }

  override async get(namespace: string[], key: string): Promise<StoreItem | null> {
    return this.#get({ namespace, key });
  }

  override async search(
    namespacePrefix: string[],
    options: Omit<SearchOperation, "namespacePrefix"> = {},
  ): Promise<(StoreItem & SearchItem)[]> {
    return this.#search({ namespacePrefix, ...options });
  }

  override async put(
    namespace: string[],
    key: string,
    value: Record<string, unknown>,
    index?: false | string[],
  ): Promise<void> {
    await this.write(namespace, key, value, index === undefined ? {} : { index });
  }

  override async delete(namespace: string[], key: string): Promise<void> {
    await this.write(namespace, key, null);
  }

  override async listNamespaces(
    options: { prefix?: string[]; suffix?: string[]; maxDepth?: number; limit?: number; offset?: number } = {},
  ): Promise<string[][]> {
    const { prefix, suffix, limit = 100, offset = 0, ...rest } = options;
    const matchConditions = [
      ...(prefix === undefined ? [] : [{ matchType: "prefix" as const, path: prefix }]),
      ...(suffix === undefined ? [] : [{ matchType: "suffix" as const, path: suffix }]),
    ];
    return this.#listNamespaces({ ...rest, limit, offset, matchConditions });
  }

  /** Writes one item, or deletes it (`null`), and returns the version that this made; 0 if there was nothing to delete.
   * @throws NatsSaverError `conflict` when the item does not have the expected version */
  async write(
    namespace: string[],
    key: string,
    value: Record<string, unknown> | null,
    options: WriteOptions = {},
  ): Promise<number> {
    checkNamespace(namespace);
    this.#subject(namespace, key);
    // LangGraph keeps this one for itself.
    if (namespace[0] === "langgraph" && value !== null) {
      throw new InvalidNamespaceError(`Root label for namespace cannot be "langgraph". Got: ${namespace}`);
    }
    const [version = NOTHING_WRITTEN] = await this.#put([{ namespace, key, value, ...options }]);
    return version;
  }

  /** What exists under a prefix, without the values. */
  async list(namespacePrefix: string[]): Promise<StoreItemInfo[]> {
    checkLabels(namespacePrefix);
    await this.#projection.catchUp();
    return this.#projection.under(namespacePrefix).map(describe);
  }

  /** The versions of an item that are kept, newest first, its deletions too. A version that cannot be read is told to `onDamaged`
   * and left out. */
  async history(namespace: string[], key: string): Promise<StoreVersion[]> {
    checkNamespace(namespace);
    return this.#reader.history(this.#subject(namespace, key), (read) => this.#projection.spared(read));
  }

  /** One version of an item; null where that version deleted it, or is not kept any more. */
  async getVersion(namespace: string[], key: string, version: number): Promise<StoreItem | null> {
    checkNamespace(namespace);
    return this.#reader.version(this.#subject(namespace, key), version);
  }

  /** Tells of every write and deletion under a prefix, from the call on, or behind the version `since`; ends when `signal` aborts.
   * @example
   * for await (const { key, version } of store.watch(["skills"], { signal })) await reload(key, version); */
  watch(namespacePrefix: string[], options: { since?: number; signal: AbortSignal }): AsyncIterable<StoreChange> {
    checkLabels(namespacePrefix);
    return watchItems(this.#connection, this.#settings.agent, namespacePrefix, options, this.#settings.onDamaged);
  }

  /** Removes what nobody can read any more: items whose time is over, and large values of versions that are not kept. Happens by
   * itself, every `ttl.sweepIntervalMinutes`, in a store that has written. */
  async sweep(): Promise<void> {
    const { agent } = this.#settings;
    await sweep({ journal: this.#journal, pieces: this.#pieces, projection: this.#projection, agent });
  }

  /** Deletes every item of this agent with all its versions and large values. That there was one stays, by its namespace and key, so that whoever has
   * the store open sees that it is gone.
   * @returns how many there were */
  async erase(): Promise<number> {
    const all = itemsUnder(this.#settings.agent, []);
    const items = await this.list([]);
    let first: number | undefined;
    for (const { namespace, key } of items) {
      const version = await this.write(namespace, key, null);
      if (version > 0) first = Math.min(first ?? version, version);
    }
    // Versions of what had been deleted before are among them.
    await this.#journal.purge(all, first === undefined ? {} : { before: first });
    for await (const { name } of this.#pieces.objects(all)) await this.#pieces.delete(name);
    return items.length;
  }

  async #get({ namespace, key }: GetOperation): Promise<StoreItem | null> {
    checkNamespace(namespace);
    const stored = await this.#reader.live(this.#subject(namespace, key));
    if (stored === undefined) return null;
    return this.#refreshed(stored, await this.#reader.item(stored));
  }

  async #search(operation: SearchOperation): Promise<(StoreItem & SearchItem)[]> {
    checkLabels(operation.namespacePrefix);
    const found = await this.#searcher.search(operation);
    return Promise.all(found.map(({ stored, item }) => this.#refreshed(stored, item)));
  }

  /** An item that was read, with the time that reading gives it. */
  async #refreshed<T extends StoreItem>(stored: Stored, item: T): Promise<T> {
    if (!this.#settings.ttl.refreshOnRead || item.expiresAt === undefined) return item;
    const { head } = await this.#writer.refresh(stored);
    return { ...item, expiresAt: new Date(head.expiresAt ?? item.expiresAt) };
  }

  async #listNamespaces(operation: ListNamespacesOperation): Promise<string[][]> {
    await this.#projection.catchUp();
    const all = this.#projection.under([]).map(({ head }) => head.namespace);
    return listNamespaces(all, operation);
  }

  /** Writes items at the same time. All are tried, even if one fails. */
  async #put(operations: (PutOperation & WriteOptions)[]): Promise<number[]> {
    const changes = await Promise.all(
      operations.map(async ({ namespace, key, value, expectedVersion, ttl = this.#settings.ttl.defaultTtl }) => {
        if (value === null) return { namespace, key, value: undefined, meant: undefined, expectedVersion };
        const [type, bytes] = await this.#settings.serde.dumpsTyped(value);
        const screened = this.#settings.screen?.(bytes) ?? bytes;
        // What is found by meaning is what is stored, not what was taken out of it.
        const meant = screened === bytes ? value : await this.#settings.serde.loadsTyped(type, screened);
        return { namespace, key, value: { type, bytes: screened }, meant, ttl, expectedVersion };
      }),
    );
    const vectors = await this.#vectors(
      changes.map(({ meant }, place) => ({ meant, index: operations[place]?.index })),
    );
    this.#sweepNowAndThen();
    const written = await Promise.allSettled(
      changes.map(({ meant: _, ...change }, place) => this.#writer.write({ ...change, vectors: vectors[place] })),
    );
    return written.map((result) => {
      if (result.status === "rejected") throw result.reason;
      return result.value;
    });
  }

  async #vectors(values: { meant: unknown; index: PutOperation["index"] }[]) {
    const meaning = this.#meaning;
    if (meaning === undefined) return [];
    const wanted = values.map(({ meant, index }) =>
      meant === undefined || index === false ? undefined : { value: meant, paths: index },
    );
    const vectors = (await meaning.ofValues(wanted.flatMap((each) => each ?? []))).values();
    return wanted.map((each) => (each === undefined ? undefined : vectors.next().value));
  }

  #sweepNowAndThen(): void {
    this.#sweeping ??= setInterval(() => {
      this.sweep().catch((error: unknown) => process.emitWarning(error instanceof Error ? error : String(error)));
    }, this.#settings.ttl.sweepIntervalMinutes * 60_000).unref();
  }

  #subject(namespace: readonly string[], key: string): string {
    if (typeof key === "string") return itemSubject(this.#settings.agent, namespace, key);
    throw new NatsSaverError("invalid", `An item needs a key: pass a string, not ${typeof key}.`);
  }
}
