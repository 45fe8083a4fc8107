import { InTurn } from "../in-turn.js";
import type { Head } from "./chain-end.js";
import type { ChainWriter } from "./chain-writer.js";

/** The end of a chain is anchored when so many records have no anchor, or one has had none for so long. */
const ANCHOR_RECORDS = 256;
const ANCHOR_MS = 60_000;

/** A chain that this process writes, and how much of it is anchored. */
export class Chain implements Disposable {
  readonly writer: ChainWriter;
  readonly #keep: (head: Head) => Promise<void>;
  readonly #onFailure: (error: unknown) => void;
  #head: Head | undefined;
  #anchored: Head | undefined;
  #timer: NodeJS.Timeout | undefined;
  readonly #turn = new InTurn();

  constructor(o: { writer: ChainWriter; keep: (head: Head) => Promise<void>; onFailure: (error: unknown) => void }) {
    this.writer = o.writer;
    this.#keep = o.keep;
    this.#onFailure = o.onFailure;
  }

  stored(head: Head): void {
    this.#head = head;
    const more = head.seq - (this.#anchored?.seq ?? 0);
    // Numbers that fall are of a chain that was written anew: what is anchored vouches for nothing of it.
    if (more >= ANCHOR_RECORDS || more <= 0) this.#anchorSoon();
    else this.#timer ??= setTimeout(() => this.#anchorSoon(), ANCHOR_MS).unref();
  }

  /** Keeps the end, unless that is done. One at a time. */
  anchor(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    return this.#turn.do(async () => {
      const head = this.#head;
      if (head === undefined || head.hash === this.#anchored?.hash) return;
      await this.#keep(head);
      this.#anchored = head;
    });
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }

  #anchorSoon(): void {
    this.anchor().catch(this.#onFailure);
  }
}
