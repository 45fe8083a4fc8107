import { createHash } from "node:crypto";
import { hostname } from "node:os";
import { resolve } from "node:path";
import type { Backbone, Effect, Projection } from "@vibewriter/backbone";
import { ChoirError } from "../errors.js";
import { type Embedder, quantizeExactly } from "../search/embedder.js";
import { PUBLICATIONS, readCitation, readPublication, type Streams } from "../stream.js";
import { undisguised } from "../text/disguise.js";
import type { FreshReason } from "./article-file.js";
import type { Draft, StoreChange } from "./change.js";
import type { Store } from "./store.js";
import { StoreThread } from "./thread.js";

/** What happens to the index, for logs. */
export type ChoirEvent =
  | { type: "index_made"; reason: MadeReason; ms: number }
  | { type: "effect_failed"; seq: number; message: string; letter?: string };

/** Why the index was made again from the stream or, for `restarted`, opened again after its thread had died. */
export type MadeReason = FreshReason | "other_stream" | RestartReason;
type RestartReason = "requested" | "corrupt" | "restarted";

export interface ProjectedStoreOptions {
  streams: Streams;
  backbone: Pick<Backbone, "project">;
  path: string;
  embedder: Embedder;
  onEvent?: (event: ChoirEvent) => void;
  /** Told whenever the file has changed. */
  onChange?: () => void;
}

interface Running {
  thread: StoreThread;
  projection: Projection<Effect>;
}

const CATCH_UP_MS = 30 * 60_000;
const PUBLISHED_MS = 60_000;

/** The SQLite file kept up to date from the stream, and made again from it whenever it is lost or damaged. */
export class ProjectedStore implements AsyncDisposable {
  readonly #options: ProjectedStoreOptions;
  /** The index as it runs, or as it is being made: whoever asks meanwhile waits. */
  #running: Promise<Running>;
  #closed = false;

  private constructor(options: ProjectedStoreOptions) {
    this.#options = options;
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
  ): Promise<ReturnType<Store[Name]>> {
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
    return await this.#draft((await this.#running).thread, markdown);
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
    await ran?.projection.close();
    await ran?.thread[Symbol.asyncDispose]();
  }

  async #start(why?: RestartReason): Promise<Running> {
    if (this.#closed) throw closedError();
    const started = performance.now();
    const { streams, backbone, path, embedder, onEvent } = this.#options;
    const { model, dimensions, mode } = embedder;
    const identity = { model, dimensions, mode };
    const thread = new StoreThread();
    let projection: Projection<Effect> | undefined;
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
      projection = backbone.project(streams.effects, {
        name: nameOf(path),
        position: position?.seq ?? 0,
        apply: (effect, { late }) => (late ? this.#remake(thread) : this.#apply(thread, effect)),
        waitsFor: (error) => error instanceof ChoirError && !isOfTheEffect(error),
        onError: (error, { seq, letter }) =>
          onEvent?.({ type: "effect_failed", seq, message: messageOf(error), ...(letter && { letter }) }),
      });
      await projection.caughtUp({ timeoutMs: CATCH_UP_MS });
      if (reason) onEvent?.({ type: "index_made", reason, ms: Math.round(performance.now() - started) });
      return { thread, projection };
    } catch (error) {
      await projection?.close();
      await thread[Symbol.asyncDispose]();
      throw error;
    }
  }

  async #apply(thread: StoreThread, effect: Effect): Promise<void> {
    const { seq, subject, key, time } = effect;
    const change = await this.#prepare(thread, effect);
    try {
      await thread.call("apply", { seq, subject, key, time, change });
      this.#options.onChange?.();
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

  async #prepare(thread: StoreThread, effect: Effect): Promise<StoreChange["change"]> {
    try {
      if (effect.subject !== PUBLICATIONS) return { kind: "citation", ...readCitation(effect) };
      const read = await readPublication(this.#options.streams, effect);
      if (read.kind !== "publication") return read;
      return { ...read, ...(await this.#draft(thread, read.markdown)) };
    } catch (error) {
      if (error instanceof ChoirError && error.code === "bad_event") return { kind: "rejected", reason: error.message };
      throw error;
    }
  }

  /** Cuts a text into passages and embeds them. */
  async #draft(thread: StoreThread, markdown: string): Promise<Draft> {
    const chunks = await thread.call("chunk", markdown);
    const vectors = await this.#embed(chunks.map(({ heading, text }) => undisguised(`${heading}\n${text}`)));
    return { markdown, chunks, vectors };
  }

  async #embed(texts: string[]): Promise<Int8Array> {
    const { embedder } = this.#options;
    const { dimensions } = embedder;
    const vectors = await embedder.embed(texts, "passage");
    const all = new Int8Array(texts.length * dimensions);
    for (const i of texts.keys()) all.set(quantizeExactly(embedder, vectors[i]), i * dimensions);
    return all;
  }
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

/** Whether an error is cured by a new file (`corrupt`), a new thread (`restarted`) or neither. */
function causeOfRestart(error: unknown): "corrupt" | "restarted" | undefined {
  if (!(error instanceof ChoirError)) return undefined;
  if (error.code === "index_corrupt") return "corrupt";
  return error.code === "index_stopped" ? "restarted" : undefined;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
