import type { ChainWriter, Head } from "./chain-writer.js";

/** The end of a chain is anchored when so many records have no anchor, or one has had none for so long. */
const ANCHOR_RECORDS = 256;
const ANCHOR_MS = 60_000;

/** A chain that this process writes, and how much of it is anchored. */
export class Chain implements Disposable {
  readonly writer: ChainWriter;
  readonly #keep: (head: Head) => Promise<void>;
  readonly #onFailure: (error: unknown) => void;
  #head: Head | undefined;
  #anchored = 0;
  #timer: NodeJS.Timeout | undefined;
  #turn: Promise<void> = Promise.resolve();

  constructor(o: { writer: ChainWriter; keep: (head: Head) => Promise<void>; onFailure: (error: unknown) => void }) {
    this.writer = o.writer;
    this.#keep = o.keep;
    this.#onFailure = o.onFailure;
  }

  stored(head: Head): void {
    this.#head = head;
    if (head.seq - this.#anchored >= ANCHOR_RECORDS) this.#anchorSoon();
    else this.#timer ??= setTimeout(() => this.#anchorSoon(), ANCHOR_MS).unref();
  }

  /** Keeps the end, unless that is done. One at a time. */
  anchor(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const done = this.#turn.then(async () => {
      const head = this.#head;
      if (head === undefined || head.seq <= this.#anchored) return;
      await this.#keep(head);
      this.#anchored = head.seq;
    });
    // The caller has the error; the next one gets its turn all the same.
    this.#turn = done.catch(() => undefined);
    return done;
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }

  #anchorSoon(): void {
    this.anchor().catch(this.#onFailure);
  }
}
