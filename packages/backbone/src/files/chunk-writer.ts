import { BackboneError } from "../errors.js";
import type { Link } from "../link/link.js";
import { lastOn, nextOn, publish } from "../link/publish.js";
import { asBackboneError, isTransient } from "../link/transient.js";
import { chunkSubject, STREAM } from "./entry.js";

/** Chunks under way at once, 4 MiB of them: twice as fast as one at a time, and more are not faster. */
const WINDOW = 8;

interface Flight {
  data: Uint8Array;
  stored: Promise<{ seq: number; duplicate: boolean }>;
}

/**
 * Writes the chunks of one content in order. A reader takes them by their sequence, so the order on the stream is the
 * content: several are under way at once only as long as every acknowledgement comes, and comes in order. After the
 * first trouble what was under way is taken back and sent again one by one, each on the condition that the one before
 * it is the last; a copy that arrives late from a lost connection fails that condition, and is taken back too.
 */
export class ChunkWriter {
  readonly #link: Link;
  readonly #nuid: string;
  readonly #subject: string;
  #flights: Flight[] = [];
  /** Sequence of the last chunk that is stored for sure. */
  #last = 0;
  #sent = 0;
  #tries = 0;
  #careful = false;

  constructor(link: Link, nuid: string) {
    this.#link = link;
    this.#nuid = nuid;
    this.#subject = chunkSubject(nuid);
  }

  /** Returns when the chunk is under way; it must not be changed until `finish` has returned. */
  async add(data: Uint8Array): Promise<void> {
    this.#sent++;
    if (this.#careful) return await this.#storeNext(data);
    while (this.#flights.length >= WINDOW) await this.#land();
    // A chunk ahead may have met with trouble.
    if (this.#careful) return await this.#storeNext(data);
    this.#flights.push(this.#launch(data));
  }

  /** Returns the number of chunks when all are on the disk. Throws BackboneError. */
  async finish(): Promise<number> {
    while (this.#flights.length > 0) await this.#land();
    if (this.#careful && this.#sent > 0) {
      const last = await lastOn(this.#link, STREAM, this.#subject);
      if (last?.seq !== this.#last) await this.#takeBack();
    }
    return this.#sent;
  }

  /** Removes all that was written. */
  async drop(): Promise<void> {
    await Promise.allSettled(this.#flights.map(({ stored }) => stored));
    await dropChunks(this.#link, this.#nuid);
  }

  #launch(data: Uint8Array): Flight {
    const msgID = `${this.#nuid}.${this.#sent}`;
    const stored = this.#link.once(() =>
      this.#link.js.publish(this.#subject, data, { msgID, expect: { streamName: STREAM } }),
    );
    stored.catch(() => undefined); // Thrown where it is waited for; until then it must not count as unhandled.
    return { data, stored };
  }

  async #land(): Promise<void> {
    const [first] = this.#flights;
    if (first === undefined) return;
    try {
      const { seq, duplicate } = await first.stored;
      if (duplicate || seq <= this.#last) throw new OutOfOrder();
      this.#last = seq;
      this.#flights.shift();
    } catch (error) {
      if (!(error instanceof OutOfOrder) && !isTransient(error)) throw asBackboneError(error, "store a chunk");
      await this.#mend();
    }
  }

  /** From here on one chunk at a time, beginning with those that were under way. */
  async #mend(): Promise<void> {
    this.#careful = true;
    const flights = this.#flights;
    await Promise.allSettled(flights.map(({ stored }) => stored));
    this.#flights = [];
    await this.#takeBack();
    for (const { data } of flights) await this.#storeNext(data);
  }

  async #storeNext(data: Uint8Array): Promise<void> {
    for (;;) {
      try {
        const { seq } = await publish(this.#link, {
          stream: STREAM,
          subject: this.#subject,
          data,
          isContent: true,
          messageId: `${this.#nuid}.careful.${this.#tries++}`,
          expectedLast: this.#last,
        });
        this.#last = seq;
        return;
      } catch (error) {
        if (!(error instanceof BackboneError) || error.code !== "conflict") throw error;
        await this.#takeBack();
      }
    }
  }

  /** Removes the chunks behind the last one that is stored for sure. */
  async #takeBack(): Promise<void> {
    for (let taken = 0; ; ) {
      const late = await nextOn(this.#link, STREAM, this.#subject, this.#last + 1);
      if (late === undefined) return;
      // There still although it was deleted: better an error than an endless loop.
      if (late.seq === taken) throw new BackboneError("unavailable", "NATS did not take back a chunk; try again.");
      taken = late.seq;
      await this.#delete(late.seq);
    }
  }

  async #delete(seq: number): Promise<void> {
    try {
      await this.#link.patiently("take back a chunk", () => this.#link.jsm.streams.deleteMessage(STREAM, seq, false));
    } catch (error) {
      // A try whose answer was lost has deleted it; whether it is gone is looked at next.
      if (!(error instanceof BackboneError) || error.code !== "invalid") throw error;
    }
  }
}

export async function dropChunks(link: Link, nuid: string): Promise<void> {
  await link.patiently("clear chunks", () => link.jsm.streams.purge(STREAM, { filter: chunkSubject(nuid) }));
}

class OutOfOrder extends Error {
  override readonly name = "OutOfOrder";
}
