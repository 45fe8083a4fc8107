import { setImmediate as nextTurn } from "node:timers/promises";
import {
  type Choir,
  ChoirError,
  DEFAULT_EMBEDDER,
  type Embedder,
  type IndexPlace,
  openEmbedder,
} from "@vibewriter/choir";
import { messageOf, ServerError } from "../errors.js";
import type { Log } from "../log.js";
import type { EmbedderStatus, Reembedded, ReembedProgress } from "./api.js";
import { type Choice, indexOf, readChoice, writeChoice } from "./choice.js";

export interface HomeEmbedderOptions {
  /** The index of the default embedder; those of others lie beside it. */
  readonly index: string;
  /** Where the choice is kept. */
  readonly choicePath: string;
  /** As the settings say. */
  readonly embedder: string | undefined;
  readonly url: string | undefined;
  readonly key: string | undefined;
  readonly env: NodeJS.ProcessEnv;
  /** Keeps the server from ending for idleness. */
  readonly hold: () => Disposable;
  readonly log: Log;
}

interface Job {
  name: string;
  progress: ReembedProgress;
  stop: AbortController;
  done: Promise<void>;
}

/** Whose vectors a home is searched with: what the settings or a person say, as soon as an index is made with it. */
export class HomeEmbedder implements AsyncDisposable {
  readonly #o: HomeEmbedderOptions;
  #choice: Choice;
  readonly #listeners = new Set<(progress: ReembedProgress) => void>();
  #choir: Choir | undefined;
  #job: Job | undefined;
  #problem: string | null = null;

  private constructor(o: HomeEmbedderOptions, choice: Choice) {
    this.#o = o;
    this.#choice = choice;
  }

  static async open(o: HomeEmbedderOptions): Promise<HomeEmbedder> {
    return new HomeEmbedder(o, await readChoice(o.choicePath));
  }

  /** What the knowledge base is opened with. An embedder whose key is gone still names its index, which is searched by words. */
  async place(): Promise<IndexPlace> {
    const name = this.#active;
    const path = indexOf(this.#o.index, name);
    try {
      return { path, embedder: await this.#open(name, this.#choice.active?.dimensions) };
    } catch (error) {
      this.#problem = messageOf(error);
      this.#o.log.write("warn", "embedder not opened", { embedder: name, error: this.#problem });
      return { path, embedder: refusing(name, this.#choice.active?.dimensions ?? 0, this.#problem) };
    }
  }

  /** Begins to make the index that is wanted, if it is another one. */
  start(choir: Choir): void {
    this.#choir = choir;
    const wanted = this.#o.embedder ?? this.#choice.wanted ?? this.#active;
    if (wanted !== this.#active) this.#begin(wanted);
  }

  async status(): Promise<EmbedderStatus> {
    const choir = this.#ready();
    const { texts, characters } = await choir.embeddingLoad();
    const making = this.#job ? { embedder: this.#job.name, ...this.#job.progress } : null;
    const load = { texts, characters, tokens: Math.ceil(characters / 4) };
    return { ...choir.embedder, load, making, problem: this.#problem };
  }

  /**
   * Makes the index of another embedder and returns when it answers. Whoever gives up waiting stops nothing: asking for the embedder that is
   * in use does.
   * @throws ServerError `bad_request` where the settings name another one; ChoirError of the embedder
   */
  async reembed(
    name: string | undefined,
    o: { signal: AbortSignal; onProgress: (progress: ReembedProgress) => void },
  ): Promise<Reembedded> {
    const { embedder: set } = this.#o;
    if (name !== undefined && set !== undefined && name !== set) {
      throw new ServerError(
        "bad_request",
        `VIBEWRITER_EMBEDDER says ${set}; set it to ${name} and start the server anew.`,
      );
    }
    const wanted = name ?? set ?? this.#choice.wanted ?? this.#active;
    if (this.#job && this.#job.name !== wanted) await this.#stop();
    const isNew = wanted !== this.#active;
    // What cannot be opened is not remembered.
    if (isNew && !this.#job) await this.#open(wanted);
    await this.#choose({ wanted });
    if (isNew) await this.#watched(this.#job ?? this.#begin(wanted), o);
    const { model, dimensions } = this.#ready().embedder;
    return { model, dimensions, isNew };
  }

  /** What is being made is gone on with when the home is opened again. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stop();
  }

  get #active(): string {
    return this.#choice.active?.name ?? DEFAULT_EMBEDDER;
  }

  async #watched(job: Job, o: { signal: AbortSignal; onProgress: (progress: ReembedProgress) => void }): Promise<void> {
    this.#listeners.add(o.onProgress);
    const givenUp = new Promise<void>((resolve) => {
      o.signal.addEventListener("abort", () => resolve(), { once: true });
    });
    try {
      await Promise.race([job.done, givenUp]);
    } finally {
      this.#listeners.delete(o.onProgress);
    }
  }

  #begin(name: string): Job {
    const stop = new AbortController();
    const job: Job = { name, progress: { done: 0, of: 0 }, stop, done: Promise.resolve() };
    this.#job = job;
    this.#problem = null;
    job.done = this.#make(job).finally(() => {
      if (this.#job === job) this.#job = undefined;
    });
    job.done.catch((error: unknown) => {
      if (stop.signal.aborted) return;
      this.#problem = messageOf(error);
      this.#o.log.write("error", "index not made", { embedder: name, error: this.#problem });
    });
    return job;
  }

  async #make(job: Job): Promise<void> {
    using _held = this.#o.hold();
    await nextTurn(); // Whoever began it listens first.
    const embedder = await this.#open(job.name);
    await this.#ready().reembed(
      { path: indexOf(this.#o.index, job.name), embedder },
      {
        signal: job.stop.signal,
        onProgress: (progress) => {
          job.progress = progress;
          for (const listener of this.#listeners) listener(progress);
        },
      },
    );
    await this.#choose({ active: { name: job.name, dimensions: embedder.dimensions } });
  }

  async #stop(): Promise<void> {
    const job = this.#job;
    job?.stop.abort();
    await job?.done.catch(() => undefined); // Whoever waits for it has the error.
  }

  async #choose(choice: Partial<Choice>): Promise<void> {
    this.#choice = { ...this.#choice, ...choice };
    await writeChoice(this.#o.choicePath, this.#choice);
  }

  async #open(name: string, dimensions?: number): Promise<Embedder> {
    const { key, url, env } = this.#o;
    return await openEmbedder(name, {
      env,
      ...(key && { key }),
      ...(url && { baseUrl: url }),
      ...(dimensions && { dimensions }),
    });
  }

  #ready(): Choir {
    if (this.#choir) return this.#choir;
    throw new ServerError("not_ready", "The server is still starting; try again in a moment.");
  }
}

/** Stands for an embedder that cannot be had. */
function refusing(model: string, dimensions: number, why: string): Embedder {
  return {
    ...{ model, dimensions, mode: "semantic", floor: 0, weight: 1 },
    embed: async () => {
      throw new ChoirError("embedder_refused", why);
    },
  };
}
