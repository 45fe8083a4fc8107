import { createHash } from "node:crypto";
import { rm } from "node:fs/promises";
import { hostname } from "node:os";
import { resolve } from "node:path";
import type { Backbone, Effect, Projection } from "@vibewriter/backbone";
import { ChoirError } from "../errors.js";
import { type Embedder, quantizeExactly } from "../search/embedder.js";
import { PUBLICATIONS, readCitation, readPublication, type Streams } from "../stream.js";
import { chunkMarkdown } from "../text/chunk.js";
import { undisguised } from "../text/disguise.js";
import type { FreshReason } from "./article-file.js";
import type { Draft, StoreChange } from "./change.js";
import { Prepared } from "./prepared.js";
import type { Store } from "./store.js";
import { type StoreAnswer, StoreThread } from "./thread.js";

/** What happens to the index, for logs. */
export type ChoirEvent =
  | { type: "index_made"; reason: MadeReason; ms: number }
  | { type: "embedder_changed"; model: string; ms: number }
  | { type: "effect_failed"; seq: number; message: string; letter?: string };

/** Why the index was made again from the stream or, for `restarted`, opened again after its thread had died. */
export type MadeReason = FreshReason | "other_stream" | RestartReason;
type RestartReason = "requested" | "corrupt" | "restarted";

/** A file, and the embedder whose vectors are in it. */
export interface IndexPlace {
  path: string;
  embedder: Embedder;
}

/** How far an index is that is being made beside the one that answers: positions in the stream. */
export interface ReembedProgress {
  done: number;
  of: number;
}

export interface ProjectedStoreOptions extends IndexPlace {
  streams: Streams;
  backbone: Pick<Backbone, "project">;
  onEvent?: (event: ChoirEvent) => void;
  /** Told whenever the file has changed; `remade`: effects may count that did not before. */
  onChange?: (o: { remade: boolean }) => void;
}

interface Running {
  thread: StoreThread;
  projection: Projection<Effect>;
  embedder: Embedder;
  /** Aborts what its embedder is asked. */
  closing: AbortController;
}

/** An index that follows the stream and need not have reached its end. */
interface Begun extends Running {
  reason: MadeReason | undefined;
  /** What a person must see to, or what an embedder that is away says; it may never come. */
  trouble: Promise<ChoirError>;
}

const CATCH_UP_MS = 30 * 60_000;
const PUBLISHED_MS = 60_000;
/** Embedding everything anew is bound by what a service lets through. */
const REEMBED_MS = 7 * 24 * 3_600_000;
const PROGRESS_MS = 500;
/** Characters of a text that is cut in a moment. */
const SHORT = 16_384;
const NEVER = new Promise<never>(() => undefined);

/** The SQLite file kept up to date from the stream, and made again from it whenever it is lost or damaged. */
export class ProjectedStore implements AsyncDisposable {
  readonly #options: ProjectedStoreOptions;
  /** The file that answers, which another one takes the place of when the embedder changes. */
  #place: IndexPlace;
  /** The index as it runs, or as it is being made: whoever asks meanwhile waits. */
  #running: Promise<Running>;
  #closed = false;

  private constructor(options: ProjectedStoreOptions) {
    this.#options = options;
    this.#place = { path: options.path, embedder: options.embedder };
    this.#running = this.#start();
  }

  /** Returns when everything in the stream is in the file. */
  static async open(options: ProjectedStoreOptions): Promise<ProjectedStore> {
    const store = new ProjectedStore(options);
    await store.#running;
    return store;
  }

  /** Calls a method of the file. A damaged file is made again first, a dead thread started again; once. */
  async call<Name extends Parameters<StoreThread["call"]>[0]>(
    method: Name,
    ...args: Parameters<Store[Name]>
  ): Promise<StoreAnswer<Name>> {
    if (this.#closed) throw closedError();
    const running = this.#running;
    try {
      return await (await running).thread.call(method, ...args);
    } catch (error) {
      const why = causeOfRestart(error);
      if (!why || this.#closed) throw error;
      return await (await this.#restart(running, why)).thread.call(method, ...args);
    }
  }

  /** A text made ready for the file, as a publication would be. */
  async draft(markdown: string): Promise<Draft> {
    const { thread, embedder, closing } = await this.#running;
    return await draftOf(thread, embedder, markdown, closing.signal);
  }

  /** Returns when the effect is in the file and can be found; without `seq`, when everything in the stream is. */
  async caughtUp(seq?: number): Promise<void> {
    const running = this.#running;
    await (await running).projection.caughtUp({ seq, timeoutMs: PUBLISHED_MS }).catch(async (error: unknown) => {
      // The index may have been replaced under the wait; the new one has caught up by itself.
      if (running === this.#running) throw error;
      await this.#running;
    });
  }

  /** Whose vectors the index has that answers now. */
  get embedder(): Embedder {
    return this.#place.embedder;
  }

  /** The file that answers now. */
  get path(): string {
    return this.#place.path;
  }

  /**
   * Makes an index in another file with another embedder while this one answers, and has it answer when it has everything that this one
   * has; then the old file is deleted. A file that a former attempt left is gone on with.
   * @throws ChoirError `embedder_refused` and whatever a person must see to, `closed` when it was aborted; the old index goes on
   */
  async reembed(place: IndexPlace, o: { signal?: AbortSignal; onProgress?: (progress: ReembedProgress) => void } = {}) {
    if (resolve(place.path) === resolve(this.#place.path)) return;
    const started = performance.now();
    const begun = await this.#begin(place);
    const stop = new AbortController();
    try {
      const failed = begun.trouble.then((error) => {
        if (error.code !== "embedder_unavailable") throw error;
        return NEVER; // It is asked again until it is there.
      });
      const aborted = new Promise<never>((_, reject) => {
        o.signal?.addEventListener("abort", () => reject(closedError()), { once: true, signal: stop.signal });
        if (o.signal?.aborted) reject(closedError());
      });
      const tell = setInterval(() => {
        void this.#running.then(
          ({ projection: { position: of } }) => o.onProgress?.({ done: Math.min(begun.projection.position, of), of }),
          () => undefined, // Whoever asks it hears of that.
        );
      }, PROGRESS_MS);
      try {
        await Promise.race([this.#overtake(begun), failed, aborted]);
      } finally {
        clearInterval(tell);
      }
    } catch (error) {
      await this.#stop(Promise.resolve(begun));
      throw error;
    } finally {
      stop.abort();
    }
    const [old, { path: former }] = [this.#running, this.#place];
    this.#place = place;
    this.#running = Promise.resolve(begun);
    this.#options.onChange?.({ remade: true });
    await this.#stop(old);
    for (const suffix of ["", "-wal", "-shm"]) await rm(former + suffix, { force: true });
    const ms = Math.round(performance.now() - started);
    this.#options.onEvent?.({ type: "embedder_changed", model: place.embedder.model, ms });
  }

  /** Returns when an index has all that the one that answers has, in the same turn. */
  async #overtake({ projection }: Running): Promise<void> {
    for (;;) {
      await projection.caughtUp({ timeoutMs: REEMBED_MS });
      const now = await this.#running;
      if (this.#closed) throw closedError();
      if (projection.position >= now.projection.position) return;
    }
  }

  /** Deletes the file and makes it again from the stream. */
  async rebuild(): Promise<void> {
    await this.#restart(this.#running, "requested");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    await this.#stop(this.#running);
  }

  #restart(old: Promise<Running>, why: RestartReason): Promise<Running> {
    // Somebody else has restarted it since: theirs is as good.
    if (this.#running !== old) return this.#running;
    this.#running = this.#stop(old).then(() => this.#start(why));
    // Reported by whoever asks next, not as an unhandled rejection.
    this.#running.catch(() => undefined);
    return this.#running;
  }

  async #stop(running: Promise<Running>): Promise<void> {
    // If it never ran there is nothing to stop; its error went to whoever waited for it.
    const ran = await running.catch(() => undefined);
    ran?.closing.abort();
    await ran?.projection.close();
    await ran?.thread[Symbol.asyncDispose]();
  }

  async #start(why?: RestartReason): Promise<Running> {
    const started = performance.now();
    const begun = await this.#begin(this.#place, why);
    const { reason, projection } = begun;
    try {
      // With an embedder that is away, what is there already can be read and found by its words.
      const away = begun.trouble.then((error) => (isOfEmbedder(error) ? undefined : NEVER));
      await Promise.race([projection.caughtUp({ timeoutMs: CATCH_UP_MS }), away]);
    } catch (error) {
      await this.#stop(Promise.resolve(begun));
      throw error;
    }
    if (reason) {
      this.#options.onEvent?.({ type: "index_made", reason, ms: Math.round(performance.now() - started) });
      this.#options.onChange?.({ remade: true });
    }
    return begun;
  }

  /** Opens a file and has it follow the stream. */
  async #begin({ path, embedder }: IndexPlace, why?: RestartReason): Promise<Begun> {
    if (this.#closed) throw closedError();
    const { streams, backbone, onEvent } = this.#options;
    const { model, dimensions, mode } = embedder;
    const identity = { model, dimensions, mode };
    const thread = new StoreThread();
    const closing = new AbortController();
    let tellTrouble: (error: ChoirError) => void = () => undefined;
    const trouble = new Promise<ChoirError>((resolve) => {
      tellTrouble = resolve;
    });
    try {
      const wipe = why === "requested" || why === "corrupt";
      let { position, fresh } = await thread.call("open", { path, embedder: identity, wipe });
      let reason: MadeReason | undefined = why ?? fresh;
      if (position) {
        const effect = await streams.effects.get(position.subject, position.key);
        if (effect?.seq !== position.seq || effect.time !== position.time) {
          // A file of another home, or of a stream that was lost: what it says is not in this stream.
          ({ position, fresh } = await thread.call("open", { path, embedder: identity, wipe: true }));
          reason = "other_stream";
        }
      }
      const prepared = new Prepared((effect) => this.#prepare({ thread, embedder, closing }, effect));
      const projection = backbone.project(streams.effects, {
        name: nameOf(path),
        position: position?.seq ?? 0,
        // What a service embeds is paid for, and would be asked for again after an interruption: it is asked when it is its turn.
        ahead: embedder.mode === "lexical" ? (effect) => prepared.ahead(effect) : undefined,
        apply: (effect, { late }) => (late ? this.#remake(thread) : this.#apply(thread, effect, prepared)),
        waitsFor: (error) => error instanceof ChoirError && !isOfTheEffect(error),
        onError: (error, { seq, letter }) => {
          if (error instanceof ChoirError && !isOfTheEffect(error)) tellTrouble(error);
          onEvent?.({ type: "effect_failed", seq, message: messageOf(error), ...(letter && { letter }) });
        },
      });
      return { thread, projection, embedder, closing, reason, trouble };
    } catch (error) {
      await thread[Symbol.asyncDispose]();
      throw error;
    }
  }

  async #apply(thread: StoreThread, effect: Effect, prepared: Prepared): Promise<void> {
    const { seq, subject, key, time } = effect;
    const change = await prepared.take(effect);
    try {
      await thread.call("apply", { seq, subject, key, time, change });
      this.#options.onChange?.({ remade: false });
    } catch (error) {
      const why = causeOfRestart(error);
      // Not awaited: it waits for this very effect to be given up.
      if (why && !this.#closed) void this.#restartAfter(thread, why);
      throw error;
    }
  }

  /** What came behind a late effect has been judged without it, so the file is made again, with everything in its order. */
  async #remake(thread: StoreThread): Promise<void> {
    // Remembered in the file, in case this process ends before the new one is made.
    await thread.call("forsake");
    void this.#restartAfter(thread, "requested");
  }

  async #restartAfter(thread: StoreThread, why: RestartReason): Promise<void> {
    const running = this.#running;
    const current = await running.catch(() => undefined);
    if (current?.thread === thread) void this.#restart(running, why);
  }

  async #prepare(
    { thread, embedder, closing }: Omit<Running, "projection">,
    effect: Effect,
  ): Promise<StoreChange["change"]> {
    try {
      if (effect.subject !== PUBLICATIONS) return { kind: "citation", ...readCitation(effect) };
      const read = await readPublication(this.#options.streams, effect);
      if (read.kind !== "publication") return read;
      return { ...read, ...(await draftOf(thread, embedder, read.markdown, closing.signal)) };
    } catch (error) {
      if (error instanceof ChoirError && error.code === "bad_event") return { kind: "rejected", reason: error.message };
      throw error;
    }
  }
}

/** Cuts a text into passages and embeds them. */
async function draftOf(thread: StoreThread, embedder: Embedder, markdown: string, signal: AbortSignal): Promise<Draft> {
  const chunks = markdown.length > SHORT ? await thread.call("chunk", markdown) : chunkMarkdown(markdown);
  const texts = chunks.map(({ heading, text }) => undisguised(`${heading}\n${text}`));
  const vectors = await embedder.embed(texts, "passage", { signal });
  const all = new Int8Array(texts.length * embedder.dimensions);
  for (const i of texts.keys()) all.set(quantizeExactly(embedder, vectors[i]), i * embedder.dimensions);
  return { markdown, chunks, vectors: all };
}

function closedError(): ChoirError {
  return new ChoirError("closed", "The knowledge base is closed: open it again.");
}

/** Each index has its own position, and so its own dead letters: `choir-` and a hash of where it lies. */
function nameOf(path: string): string {
  const place = `${hostname()}:${resolve(path)}`;
  return `choir-${createHash("sha256").update(place).digest("hex").slice(0, 8)}`;
}

/** The other errors are of the file or its thread, which every effect would meet. */
function isOfTheEffect({ code }: ChoirError): boolean {
  return code === "index_failed" || code === "embedder_mismatch" || code === "bad_event";
}

/** Whether everything but vectors can be had. */
function isOfEmbedder({ code }: ChoirError): boolean {
  return code === "embedder_refused" || code === "embedder_unavailable";
}

/** Whether an error is cured by a new file (`corrupt`), a new thread (`restarted`) or neither. */
function causeOfRestart(error: unknown): "corrupt" | "restarted" | undefined {
  if (!(error instanceof ChoirError)) return undefined;
  if (error.code === "index_corrupt") return "corrupt";
  return error.code === "index_stopped" ? "restarted" : undefined;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
