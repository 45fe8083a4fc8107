import type { Secrets } from "@vibewriter/backbone";
import { NatsSaverError } from "@vibewriter/langgraph-nats";
import type { NatsStore } from "@vibewriter/langgraph-nats/store";
import { sha256 } from "../canonical.js";
import { AgentError } from "../errors.js";
import type { TaintMark } from "../taint/origin.js";
import {
  infoOf,
  isMemoryPath,
  LARGEST_ENTRY,
  MemoryEntry,
  type MemoryInfo,
  type MemoryVersion,
  type MemoryWriter,
  MOST_ENTRIES,
  memoryPath,
  PATH_RULE,
} from "./entry.js";
import { type FoundMemory, MemoryIndex } from "./memory-index.js";

/** Where an agent's memory is in its store. */
const NAMESPACE = ["memories"];

/** Entries that are read at the same time. */
const AT_ONCE = 16;

/** How an entry is written. */
export interface MemoryWrite {
  readonly by: MemoryWriter;
  /** A run, or who else. */
  readonly writer: string;
  readonly taint?: readonly TaintMark[];
  /** The version that is replaced, 0 for none; by default whichever there is. */
  readonly expected?: number;
}

interface Known {
  readonly version: number;
  readonly entry: MemoryEntry;
}

/** What one agent remembers: entries by path, each with its versions and where it came from. The store is their one home. */
export class Memories {
  readonly #store: NatsStore;
  readonly #secrets: Pick<Secrets, "find">;
  readonly #known = new Map<string, Known>();
  #index: { readonly of: string; readonly found: MemoryIndex } | undefined;

  /** @param store of this agent alone; it takes secrets out of text. @param secrets for what is no text, where nothing can be taken out */
  constructor(store: NatsStore, secrets: Pick<Secrets, "find">) {
    this.#store = store;
    this.#secrets = secrets;
  }

  /** Every entry by its path. Cheap to ask again; the map changes with the memory. */
  async entries(): Promise<ReadonlyMap<string, Known>> {
    const items = await this.#store.list(NAMESPACE);
    const there = new Map(items.map(({ key, version }) => [pathOf(key), version]));
    for (const path of this.#known.keys()) if (!there.has(path)) this.#known.delete(path);
    const news = [...there].filter(([path, version]) => this.#known.get(path)?.version !== version).values();
    const work = async (): Promise<void> => {
      for (const [path] of news) {
        const known = await this.find(path);
        if (known === undefined) this.#known.delete(path);
        else this.#known.set(path, known);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    return this.#known;
  }

  /** By path. */
  async list(): Promise<MemoryInfo[]> {
    const entries = [...(await this.entries())].map(([path, { version, entry }]) => infoOf(path, version, entry));
    return entries.sort((a, b) => (a.path < b.path ? -1 : 1));
  }

  /** An entry, or a version of it; undefined if there is none, or it was deleted then. */
  async find(path: string, version?: number): Promise<Known | undefined> {
    const key = keyOf(path);
    const item = await (version === undefined
      ? this.#store.get(NAMESPACE, key)
      : this.#store.getVersion(NAMESPACE, key, version));
    const entry = MemoryEntry.safeParse(item?.value).data;
    return item === null || entry === undefined ? undefined : { version: item.version, entry };
  }

  /** The same. @throws AgentError `memory_not_found` */
  async get(path: string, version?: number): Promise<Known> {
    const found = await this.find(memoryPath(path), version);
    if (found !== undefined) return found;
    const what = version === undefined ? `nothing under ${path}` : `no version ${version} of ${path}`;
    throw new AgentError(
      "memory_not_found",
      `The agent remembers ${what}; \`vibewriter memory list\` shows what there is.`,
    );
  }

  /**
   * Writes an entry as its newest version.
   * @throws AgentError `invalid_memory` for a path that is none, `memory_too_large` above 1 MiB or 10,000 entries, `memory_changed` where another version is there than was expected,
   *   `secret_found` for bytes with a key in them
   */
  async set(path: string, content: Uint8Array, o: MemoryWrite): Promise<MemoryInfo> {
    if (!isMemoryPath(path)) throw new AgentError("invalid_memory", PATH_RULE);
    if (content.length > LARGEST_ENTRY) {
      throw new AgentError("memory_too_large", `${path} has more than the 1 MiB of an entry; keep it in /artifacts.`);
    }
    const text = new TextDecoder().decode(content);
    const isText = Buffer.from(text).equals(content);
    const secret = isText ? undefined : this.#secrets.find(Buffer.from(content).toString("latin1"));
    if (secret !== undefined) {
      throw new AgentError("secret_found", `it holds ${secret.what} on line ${secret.line}; take it out`);
    }
    const before = await this.find(path);
    if (before === undefined && (await this.#store.list(NAMESPACE)).length >= MOST_ENTRIES) {
      throw new AgentError(
        "memory_too_large",
        `The agent has ${MOST_ENTRIES} memories, as many as one has; delete some.`,
      );
    }
    const now = new Date().toISOString();
    const entry: MemoryEntry = {
      content: isText ? text : Buffer.from(content).toString("base64"),
      ...(isText ? {} : { encoding: "base64" as const }),
      mimeType: isText ? "text/plain" : "application/octet-stream",
      created_at: before?.entry.created_at ?? now,
      modified_at: now,
      sha256: sha256(content),
      size: content.length,
      writer: o.writer,
      by: o.by,
      ...(o.taint === undefined || o.taint.length === 0 ? {} : { taint: [...o.taint] }),
    };
    const version = await this.#write(path, entry, o.expected);
    this.#known.set(path, { version, entry });
    return infoOf(path, version, entry);
  }

  /** Deletes an entry; its versions stay. @throws AgentError `memory_not_found`, `memory_changed` */
  async remove(path: string, o: { expected?: number } = {}): Promise<void> {
    await this.get(path);
    await this.#write(path, null, o.expected);
  }

  /** The versions that are kept, the newest first. @throws AgentError `memory_not_found` if there never was one */
  async history(path: string): Promise<MemoryVersion[]> {
    const versions = await this.#store.history(NAMESPACE, keyOf(memoryPath(path)));
    if (versions.length === 0) await this.get(path);
    return versions.map(({ version, value, updatedAt }) => {
      const entry = MemoryEntry.safeParse(value).data;
      const at = updatedAt.toISOString();
      return { ...(entry && infoOf(path, version, entry)), path, version, deleted: value === null, at };
    });
  }

  /** The newest version of a path, also where that deleted it; 0 if there never was one. */
  async lastVersion(path: string): Promise<number> {
    return (await this.#store.history(NAMESPACE, keyOf(path)))[0]?.version ?? 0;
  }

  /** Makes an earlier version the newest one. @throws AgentError `memory_not_found` */
  async restore(path: string, version: number, o: MemoryWrite): Promise<MemoryInfo> {
    const { entry } = await this.get(path, version);
    return await this.set(path, Buffer.from(entry.content, entry.encoding ?? "utf8"), { ...o, taint: entry.taint });
  }

  /** The passages that answer a query best, the best first; of entries that are text. */
  async search(query: string, limit: number): Promise<FoundMemory[]> {
    const entries = await this.entries();
    const of = [...entries].map(([path, { version }]) => `${path} ${version}`).join("\n");
    if (this.#index?.of !== of) this.#index = { of, found: new MemoryIndex(entries) };
    return this.#index.found.search(query, limit);
  }

  async #write(path: string, entry: MemoryEntry | null, expectedVersion?: number): Promise<number> {
    try {
      return await this.#store.write(NAMESPACE, keyOf(path), entry, { expectedVersion, index: false });
    } catch (cause) {
      if (!(cause instanceof NatsSaverError) || cause.code !== "conflict") throw cause;
      const message = `${path} has been changed meanwhile; look at it again, then change what is there now.`;
      throw new AgentError("memory_changed", message, { cause });
    }
  }
}

function keyOf(path: string): string {
  return `/${path}`;
}

function pathOf(key: string): string {
  return key.replace(/^\//, "");
}
