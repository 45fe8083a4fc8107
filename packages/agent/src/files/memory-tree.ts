import type { Secrets } from "@vibewriter/backbone";
import { NatsSaverError } from "@vibewriter/langgraph-nats";
import type { NatsStore } from "@vibewriter/langgraph-nats/store";
import { z } from "zod";
import type { FileContent, FileTree, TreeFile, TreeWrite } from "./file-tree.js";
import { FileRefused } from "./sandbox-files.js";

/** Where an agent's memory is in its store; deepagents' own StoreBackend keeps files in the same shape. */
const NAMESPACE = ["memories"];
/** Memory is text to be read again; what is larger belongs to the artifacts. */
const LARGEST = 1024 * 1024;

const Memory = z.object({
  content: z.string(),
  encoding: z.literal("base64").optional(),
  mimeType: z.string(),
  created_at: z.string(),
  modified_at: z.string(),
  sha256: z.string(),
  size: z.number(),
  writer: z.string(),
});
type Memory = z.infer<typeof Memory>;

/** `/memories`: long-term memory has one home, the agent's LangGraph store, and the folder shows it to its commands. */
export class MemoryTree implements FileTree {
  readonly #store: NatsStore;
  readonly #secrets: Pick<Secrets, "find">;
  readonly #files = new Map<string, TreeFile>();

  /** @param store of this agent alone; it takes secrets out of text. @param secrets for what is no text, where nothing can be taken out */
  constructor(store: NatsStore, secrets: Pick<Secrets, "find">) {
    this.#store = store;
    this.#secrets = secrets;
  }

  async files(): Promise<ReadonlyMap<string, TreeFile>> {
    const items = await this.#store.list(NAMESPACE);
    const there = new Map(items.map(({ key, version }) => [pathOf(key), version]));
    for (const path of this.#files.keys()) if (!there.has(path)) this.#files.delete(path);
    for (const [path, version] of there) {
      if (this.#files.get(path)?.version === version) continue;
      const memory = await this.#memory(path);
      if (memory === undefined) this.#files.delete(path);
      else this.#files.set(path, { sha256: memory.sha256, size: memory.size, version, writer: memory.writer });
    }
    return this.#files;
  }

  async *read(path: string): AsyncGenerator<Uint8Array, void, undefined> {
    const memory = await this.#memory(path);
    if (memory === undefined) throw new FileRefused(`/memories/${path} is not in the store any more`);
    yield Buffer.from(memory.content, memory.encoding ?? "utf8");
  }

  async write(path: string, content: FileContent, o: TreeWrite): Promise<{ file: TreeFile; isConflict: boolean }> {
    if (!(content instanceof Uint8Array) || content.length > LARGEST) {
      throw new FileRefused("memory is text of at most 1 MiB a file; keep it in /artifacts");
    }
    const now = new Date().toISOString();
    const text = new TextDecoder().decode(content);
    const isText = Buffer.from(text).equals(content);
    const found = isText ? undefined : this.#secrets.find(Buffer.from(content).toString("latin1"));
    if (found !== undefined) throw new FileRefused(`it holds ${found.what} on line ${found.line}; take it out`);
    const before = await this.#memory(path);
    const memory: Memory = {
      content: isText ? text : Buffer.from(content).toString("base64"),
      ...(isText ? {} : { encoding: "base64" as const }),
      mimeType: isText ? "text/plain" : "application/octet-stream",
      created_at: before?.created_at ?? now,
      modified_at: now,
      sha256: o.sha256,
      size: content.length,
      writer: o.writer,
    };
    const version = await this.#write(path, memory, o.expected);
    if (version !== undefined) {
      const file = { sha256: o.sha256, size: content.length, version, writer: o.writer };
      this.#files.set(path, file);
      return { file, isConflict: false };
    }
    // Somebody was faster. It is still in the sandbox, and the next synchronisation makes it the newest, over theirs.
    const file = (await this.files()).get(path) ?? { sha256: "", size: 0, version: 0 };
    return { file, isConflict: true };
  }

  async remove(path: string, o: { expected: number }): Promise<boolean> {
    return (await this.#write(path, null, o.expected)) !== undefined;
  }

  nameOf(path: string, version: number): string {
    return `version ${version} of ${path} in the history of the memory`;
  }

  /** The version that was made; `undefined` if it was not the expected one that was there. */
  async #write(path: string, memory: Memory | null, expectedVersion: number): Promise<number | undefined> {
    try {
      return await this.#store.write(NAMESPACE, keyOf(path), memory, { expectedVersion, index: ["content"] });
    } catch (error) {
      if (error instanceof NatsSaverError && error.code === "conflict") return undefined;
      throw error;
    }
  }

  async #memory(path: string): Promise<Memory | undefined> {
    const item = await this.#store.get(NAMESPACE, keyOf(path));
    const parsed = Memory.safeParse(item?.value);
    return parsed.success ? parsed.data : undefined;
  }
}

function keyOf(path: string): string {
  return `/${path}`;
}

function pathOf(key: string): string {
  return key.replace(/^\//, "");
}
