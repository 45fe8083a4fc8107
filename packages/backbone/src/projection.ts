import { setTimeout as sleep } from "node:timers/promises";
import type { Effect } from "./effect.js";
import { BackboneError, reason } from "./errors.js";

export interface ProjectionOptions {
  /**
   * Sequence of the last effect that was applied, 0 for none. It is best kept by the projection itself, written in the
   * same transaction as what the effect changes; then each effect is applied once.
   */
  position: number;
  /** Applies one effect. Called in order, one at a time; if it throws, it is called again with the same effect. */
  apply(effect: Effect): void | Promise<void>;
  /** Told about each failed try. */
  onError?: (error: unknown, effect: Effect) => void;
}

interface Source extends ProjectionOptions {
  name: string;
  effects(from: number, signal: AbortSignal): AsyncIterable<Effect>;
  last(): Promise<number>;
}

const RETRY_MS = 1_000;

/** Applies effects in order, those so far and each new one, until it is closed. */
export class Projection implements AsyncDisposable {
  readonly name: string;
  readonly #source: Source;
  readonly #closing = new AbortController();
  readonly #running: Promise<void>;
  #position: number;
  #failure: unknown;
  #waiters: { seq: number; resolve: () => void; reject: (error: unknown) => void }[] = [];

  private constructor(source: Source) {
    this.name = source.name;
    this.#source = source;
    this.#position = source.position;
    this.#running = this.#run();
  }

  static start(source: Source): Projection {
    return new Projection(source);
  }

  /** Sequence of the last effect that was applied. */
  get position(): number {
    return this.#position;
  }

  /**
   * Returns when every effect up to `seq`, by default up to the last one that exists now, is applied.
   * @throws BackboneError `closed` if the projection is closed first, `unavailable` if that takes over `timeoutMs`
   */
  async caughtUp(o: { seq?: number; timeoutMs?: number } = {}): Promise<void> {
    const seq = o.seq ?? (await this.#source.last());
    if (this.#position >= seq) return;
    if (this.#closing.signal.aborted) throw this.#closedError();
    const timeoutMs = o.timeoutMs ?? 30_000;
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve, reject) => {
      this.#waiters.push({ seq, resolve, reject });
      timer = setTimeout(() => {
        const why = this.#failure === undefined ? "" : `: ${reason(this.#failure)}`;
        reject(new BackboneError("unavailable", `${this.name} did not reach effect ${seq} in ${timeoutMs} ms${why}`));
      }, timeoutMs);
    }).finally(() => clearTimeout(timer));
  }

  /** Stops after the effect under way. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#running;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      try {
        for await (const effect of this.#source.effects(this.#position + 1, signal)) {
          await this.#apply(effect);
          if (signal.aborted) break;
        }
      } catch (error) {
        this.#failure = error;
        if (error instanceof BackboneError && error.code === "closed") this.#closing.abort();
        await sleep(RETRY_MS, undefined, { signal }).catch(() => undefined); // Closed while waiting.
      }
    }
    for (const waiter of this.#waiters.splice(0)) waiter.reject(this.#closedError());
  }

  async #apply(effect: Effect): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      try {
        await this.#source.apply(effect);
        this.#applied(effect.seq);
        return;
      } catch (error) {
        this.#failure = error;
        this.#source.onError?.(error, effect);
        await sleep(RETRY_MS, undefined, { signal }).catch(() => undefined); // Closed while waiting.
      }
    }
  }

  #applied(seq: number): void {
    this.#failure = undefined;
    this.#position = seq;
    this.#waiters = this.#waiters.filter((waiter) => {
      if (waiter.seq > seq) return true;
      waiter.resolve();
      return false;
    });
  }

  #closedError(): BackboneError {
    return new BackboneError("closed", `The projection ${this.name} was closed.`, { cause: this.#failure });
  }
}
