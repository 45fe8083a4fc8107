import { setTimeout as sleep } from "node:timers/promises";
import type { DeadLetters, KeptLetter } from "../dead-letters/dead-letters.js";
import { isDiskFull } from "../disk-full.js";
import { BackboneError, reason } from "../errors.js";
import { InTurn } from "../in-turn.js";
import type { Link } from "../link/link.js";
import { lastOn } from "../link/publish.js";
import { readDurable } from "../link/read-durable.js";
import { readStream } from "../link/read-stream.js";
import { isTransient } from "../link/transient.js";
import type { Projectable, ProjectionHandler, StreamMessage } from "./projectable.js";
import { readAhead } from "./read-ahead.js";
import { Waiters } from "./waiters.js";

interface Parts<T> {
  link: Link;
  deadLetters: DeadLetters;
  stream: Projectable<T>;
  handler: ProjectionHandler<T>;
}

const TRIES = 6;
const RESTART_MS = 1_000;
/** Messages that a handler is told of before their turn. */
const AHEAD = 8;

/**
 * Applies the messages of a stream in order, those so far and each new one, until it is closed. One that cannot be read,
 * or fails again and again, becomes a dead letter and the projection goes on behind it; when somebody has it retried, it
 * is applied late.
 */
export class Projection<T> implements AsyncDisposable {
  readonly #parts: Parts<T>;
  readonly #letters = new Map<number, KeptLetter>();
  readonly #waiters = new Waiters();
  readonly #closing = new AbortController();
  readonly #running: Promise<unknown>;
  #position: number;
  #failure: unknown;
  /** One message at a time, be it the next one or a late one. */
  readonly #turn = new InTurn();

  private constructor(parts: Parts<T>) {
    this.#parts = parts;
    this.#position = parts.handler.position ?? 0;
    const apply = this.#lasting(() => this.#applyAll());
    this.#running = Promise.all([apply, this.#lasting(() => this.#applyLate())]);
  }

  /** @throws BackboneError `invalid` for a name that cannot be one */
  static start<T>(parts: Parts<T>): Projection<T> {
    if (!/^[A-Za-z0-9_-]{1,64}$/.test(parts.handler.name)) {
      throw new BackboneError(
        "invalid",
        `"${parts.handler.name}" cannot name a projection: use letters, digits, - and _.`,
      );
    }
    if (parts.stream.link?.readsDirectly && parts.handler.position === undefined) {
      throw new BackboneError(
        "invalid",
        `${parts.stream.name} is another account's, which keeps no positions: "${parts.handler.name}" must keep its own.`,
      );
    }
    return new Projection({ ...parts, link: parts.stream.link ?? parts.link });
  }

  get name(): string {
    return this.#parts.handler.name;
  }

  /** Sequence of the last message that this process has dealt with; at first the position that it was started from. */
  get position(): number {
    return this.#position;
  }

  /**
   * Returns when every message up to `seq`, by default up to the last one that exists now, is applied here or is a dead
   * letter.
   * @throws BackboneError `dead_letter` if the message `seq` itself is one, `closed` if the projection is closed first,
   *   `unavailable` if that takes over `timeoutMs`
   */
  async caughtUp(o: { seq?: number; timeoutMs?: number } = {}): Promise<void> {
    const seq = o.seq ?? (await this.#last());
    const timeoutMs = o.timeoutMs ?? 30_000;
    if (this.#position < seq) {
      if (this.#closing.signal.aborted) throw this.#closedError();
      await this.#waiters.wait(seq, timeoutMs, () => {
        const why = this.#failure === undefined ? "" : `: ${reason(this.#failure)}`;
        return new BackboneError("unavailable", `${this.name} did not reach message ${seq} in ${timeoutMs} ms${why}`);
      });
    }
    const dead = o.seq === undefined ? undefined : this.#letters.get(o.seq)?.letter;
    if (dead) {
      const what = `${dead.subject} could not be applied (${dead.reason})`;
      throw new BackboneError("dead_letter", `${what}; mend that, then run \`vibewriter dlq retry ${dead.id}\`.`);
    }
  }

  /** Stops after the message under way. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#running;
    this.#waiters.giveUp(this.#closedError());
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Begins `work` again, a moment later, whenever it fails. */
  async #lasting(work: () => Promise<void>): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      try {
        await work();
      } catch (error) {
        this.#failure = error;
        // What our role may not do it may not do a moment later either: others project.
        if (error instanceof BackboneError && (error.code === "closed" || error.code === "forbidden")) {
          this.#closing.abort();
          this.#waiters.giveUp(this.#closedError());
        }
        await sleep(RESTART_MS, undefined, { signal }).catch(() => undefined); // Closed while waiting.
      }
    }
  }

  async #applyAll(): Promise<void> {
    for await (const kept of this.#readLetters(false)) this.#letters.set(kept.letter.seq, kept);
    const leaving = new AbortController();
    try {
      for await (const message of this.#messages(AbortSignal.any([this.#closing.signal, leaving.signal]))) {
        const kept = this.#letters.get(message.seq);
        const isDone = kept && kept.letter.state !== "asked" ? true : await this.#settle(message, kept);
        if (!isDone) return;
        this.#position = message.seq;
        this.#waiters.reached(message.seq);
      }
    } finally {
      leaving.abort();
    }
  }

  #messages(signal: AbortSignal): AsyncIterable<StreamMessage> {
    const { link, stream, handler } = this.#parts;
    const reading = { stream: stream.name, subjects: stream.filters(handler.kinds), signal };
    if (handler.position === undefined) return readDurable(link, { ...reading, name: handler.name });
    const messages = readStream(link, { ...reading, from: this.#position + 1, live: true });
    const { ahead } = handler;
    return ahead ? readAhead(messages, AHEAD, (message) => this.#tell(message, ahead)) : messages;
  }

  #tell(message: StreamMessage, ahead: (value: T) => void): void {
    let value: T;
    try {
      value = this.#parts.stream.parse(message);
    } catch {
      return; // What cannot be read is dealt with when it is its turn.
    }
    ahead(value);
  }

  /** Applies a message or makes it a dead letter; false if the projection was closed before that. */
  async #settle(message: StreamMessage, kept: KeptLetter | undefined): Promise<boolean> {
    const { deadLetters, stream, handler } = this.#parts;
    const { signal } = this.#closing;
    const firstAt = new Date().toISOString();
    let value: T;
    try {
      value = stream.parse(message);
    } catch (error) {
      await this.#bury(message, error, { tries: 1, firstAt });
      return true;
    }
    for (let failures = 0, blamed = 0; !signal.aborted; ) {
      try {
        await this.#turn.do(() => handler.apply(value, { late: false }));
      } catch (error) {
        this.#failure = error;
        failures += 1;
        if (!this.#isBlameless(error)) blamed += 1;
        if (blamed >= (handler.tries ?? TRIES)) {
          await this.#bury(message, error, { tries: failures, firstAt });
          return true;
        }
        handler.onError?.(error, { seq: message.seq, tries: failures });
        await sleep(delayAfter(failures), undefined, { signal }).catch(() => undefined); // Closed while waiting.
        continue;
      }
      this.#failure = undefined;
      if (kept) await deadLetters.remove(kept);
      this.#letters.delete(message.seq);
      return true;
    }
    return false;
  }

  async #applyLate(): Promise<void> {
    for await (const kept of this.#readLetters(true)) {
      const { seq, state } = kept.letter;
      this.#letters.set(seq, kept);
      // Before its turn it is applied in its order.
      if (state === "asked" && (seq <= this.#position || this.#parts.handler.position === undefined)) {
        await this.#retry(kept);
      }
    }
  }

  async #retry(kept: KeptLetter): Promise<void> {
    const { link, deadLetters, stream, handler } = this.#parts;
    const { seq, subject } = kept.letter;
    const firstAt = new Date().toISOString();
    try {
      const what = `read message ${seq} of ${stream.name}`;
      const message = await link.patiently(what, () => link.jsm.streams.getMessage(stream.name, { seq }));
      if (!message) throw new BackboneError("not_found", `${stream.name} does not have message ${seq} any more.`);
      const value = stream.parse(message);
      await this.#turn.do(() => handler.apply(value, { late: true }));
    } catch (error) {
      await this.#bury({ seq, subject }, error, { tries: 1, firstAt });
      return;
    }
    await deadLetters.remove(kept);
    this.#letters.delete(seq);
  }

  async #bury(
    { seq, subject }: Pick<StreamMessage, "seq" | "subject">,
    error: unknown,
    { tries, firstAt }: { tries: number; firstAt: string },
  ): Promise<void> {
    const { deadLetters, stream, handler } = this.#parts;
    const kept = await deadLetters.bury({
      kind: "projection",
      by: handler.name,
      stream: stream.name,
      seq,
      subject,
      reason: reason(error),
      tries,
      firstAt,
      lastAt: new Date().toISOString(),
    });
    this.#letters.set(seq, kept);
    handler.onError?.(error, { seq, tries: kept.letter.tries, letter: kept.letter.id });
  }

  #readLetters(live: boolean): AsyncIterable<KeptLetter> {
    return this.#parts.deadLetters.of("projection", this.name, { live, signal: this.#closing.signal });
  }

  #isBlameless(error: unknown): boolean {
    return isTransient(error) || isDiskFull(error) || (this.#parts.handler.waitsFor?.(error) ?? false);
  }

  async #last(): Promise<number> {
    const { link, stream, handler } = this.#parts;
    const found = await Promise.all(stream.filters(handler.kinds).map((filter) => lastOn(link, stream.name, filter)));
    return Math.max(0, ...found.map((message) => message?.seq ?? 0));
  }

  #closedError(): BackboneError {
    return new BackboneError("closed", `The projection ${this.name} was closed.`, { cause: this.#failure });
  }
}

/** 0.5 s, then twice as long each time, 30 s at most. */
function delayAfter(failures: number): number {
  return Math.min(500 * 2 ** (failures - 1), 30_000);
}
