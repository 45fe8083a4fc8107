import { createHash } from "node:crypto";
import { hostname } from "node:os";
import { resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { ProjectedStore } from "../../store/projected-store.js";
import { type IndexPosition, indexPositionSchema } from "../indexed-changes.js";
import type { IndexHit, IndexQuery } from "../knowledge-index.js";
import { QdrantIndex, type QdrantOptions } from "./qdrant-index.js";

export type MirrorOptions = Omit<QdrantOptions, "collection"> & { onError?: (error: unknown) => void };

/** A question waits this long for what was published a moment ago. */
const BEHIND_MS = 1_000;
const LOOK_MS = 2_000;
const [FIRST_WAIT_MS, LONGEST_WAIT_MS] = [1_000, 30_000];

interface Mirrored {
  index: QdrantIndex;
  position: IndexPosition;
  model: string;
}

/**
 * Keeps a Qdrant collection the same as the file, one collection for each file and model. The file is the projection of the stream, and
 * this one of the file: a Qdrant that was away, was emptied or is another one is brought up to date by itself.
 */
export class QdrantMirror implements AsyncDisposable {
  readonly #store: ProjectedStore;
  readonly #o: MirrorOptions;
  readonly #closing = new AbortController();
  readonly #running: Promise<void>;
  #mirrored: Mirrored | undefined;
  #wake: () => void = () => undefined;

  constructor(store: ProjectedStore, o: MirrorOptions) {
    this.#store = store;
    this.#o = o;
    this.#running = this.#run();
  }

  /** Tells that the file has changed. */
  changed(): void {
    this.#wake();
  }

  /** What Qdrant finds; undefined if it is away or has not everything that the file has. */
  async query(query: IndexQuery): Promise<IndexHit[] | undefined> {
    const until = Date.now() + BEHIND_MS;
    try {
      while (!(await this.#isCurrent())) {
        if (Date.now() > until) return undefined;
        this.#wake();
        await sleep(20);
      }
      return await this.#mirrored?.index.query(query);
    } catch (error) {
      this.#o.onError?.(error);
      this.#mirrored = undefined;
      return undefined;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    this.#wake();
    await this.#running;
  }

  async #isCurrent(): Promise<boolean> {
    const mirrored = this.#mirrored;
    if (!mirrored || mirrored.model !== this.#store.embedder.model) return false;
    return isSame(mirrored.position, await this.#store.call("indexEnd"));
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing;
    for (let failures = 0; !signal.aborted; ) {
      const pause = new AbortController();
      this.#wake = () => pause.abort();
      try {
        await this.#catchUp();
        failures = 0;
        await sleep(LOOK_MS, undefined, { signal: pause.signal, ref: false }).catch(() => undefined); // Woken.
      } catch (error) {
        if (signal.aborted) return;
        this.#mirrored = undefined;
        this.#o.onError?.(error);
        const wait = Math.min(FIRST_WAIT_MS * 2 ** failures++, LONGEST_WAIT_MS);
        await sleep(wait, undefined, { signal, ref: false }).catch(() => undefined); // Closed while waiting.
      }
    }
  }

  async #catchUp(): Promise<void> {
    const { model } = this.#store.embedder;
    if (this.#mirrored?.model !== model) this.#mirrored = undefined;
    const mirrored = this.#mirrored ?? (await this.#open());
    while (!this.#closing.signal.aborted && mirrored.model === this.#store.embedder.model) {
      const end = await this.#store.call("indexEnd");
      if (isSame(mirrored.position, end)) break;
      if (mirrored.position.file !== end.file) return await this.#startAnew(mirrored);
      const { position, add, remove } = await this.#store.call("indexChanges", mirrored.position);
      for (const article of remove) await mirrored.index.remove(article);
      for (const article of add) await mirrored.index.add(article);
      await mirrored.index.setPosition(JSON.stringify(position));
      mirrored.position = position;
    }
    this.#mirrored = mirrored;
  }

  async #open(): Promise<Mirrored> {
    const { embedder, path } = this.#store;
    const name = `${hostname()}:${resolve(path)}:${embedder.model}:${embedder.dimensions}`;
    const collection = `choir-${createHash("sha256").update(name).digest("hex").slice(0, 16)}`;
    const index = await QdrantIndex.open({ ...this.#o, collection }, embedder);
    const said = await index.position();
    const position = said === undefined ? await this.#beginning() : indexPositionSchema.parse(JSON.parse(said));
    return { index, position, model: embedder.model };
  }

  /** The file was made again: its numbers mean something else, and the collection may have what it has not. */
  async #startAnew({ index }: Mirrored): Promise<void> {
    this.#mirrored = undefined;
    await index.drop();
    await this.#catchUp();
  }

  async #beginning(): Promise<IndexPosition> {
    const { file } = await this.#store.call("indexEnd");
    return { file, articles: 0, removals: 0 };
  }
}

function isSame(a: IndexPosition, b: IndexPosition): boolean {
  return a.file === b.file && a.articles === b.articles && a.removals === b.removals;
}
