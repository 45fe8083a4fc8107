import { EventEmitter, once } from "node:events";
import type { NatsConnection } from "@nats-io/transport-node";
import { NatsSaverError } from "../errors.js";
import type { Journal } from "../journal.js";
import { follow, type Start } from "./follow.js";
import { isLive, openItem, type Stored } from "./item.js";
import { type Vectors, vectorsFrom } from "./meaning.js";
import { isUnder } from "./namespaces.js";
import type { Pieces } from "./pieces.js";
import { itemsUnder } from "./subjects.js";

/** Messages up to this size are kept in memory whole; the values of larger ones are read when they are asked for. */
const KEPT_BYTES = 8 * 1024;
/** How long a message may be under way before it is asked for again, and how long a search waits in all. */
const UNDER_WAY_MS = 2_000;
const PATIENCE_MS = 20_000;

type Damage = (error: NatsSaverError) => void;

/** The newest message of an item, as it is held in memory. */
interface Held extends Omit<Stored, "area"> {
  area: Uint8Array | undefined;
  vectors: Vectors | undefined;
}

/** What every item of one agent is now, held in memory and kept current from the stream, so that a search reads no messages.
 * Begins with the first question. */
export class Projection {
  readonly #items = new Map<string, Held>();
  #position = 0;
  #pump: { stop: AbortController; ended: Promise<void> } | undefined;
  #failure: unknown;
  /** False once the server has said that this user may make no consumer: then what is new is read when it is asked for. */
  #mayFollow = true;
  readonly #arrivals = new EventEmitter().setMaxListeners(0);

  constructor(
    readonly connection: NatsConnection,
    readonly journal: Journal,
    readonly pieces: Pieces,
    readonly agent: string,
    readonly onDamaged: Damage,
  ) {}

  /** Returns when everything is in it that was stored before the call, by whomever.
   * @throws NatsSaverError `unavailable` */
  async catchUp(): Promise<void> {
    const deadline = Date.now() + PATIENCE_MS;
    for (;;) {
      // Asked for again each time: a message may be removed before it gets here.
      const last = await this.journal.last(itemsUnder(this.agent, []));
      if (last === undefined || last.seq <= this.#position) return;
      if (!this.#mayFollow) {
        await this.#read();
        return;
      }
      this.#pump ??= this.#begin();
      const position = this.#position;
      const isThere = await this.#reaches(last.seq);
      if (!isThere && this.#mayFollow && this.#position === position) await this.#restart();
      if (Date.now() > deadline) {
        throw new NatsSaverError(
          "unavailable",
          `The items of agent "${this.agent}" did not arrive within ${PATIENCE_MS / 1_000} s. Check that nats-server is well, then try again.`,
          { cause: this.#failure },
        );
      }
    }
  }

  /** The items that exist under a prefix, in the order in which they came into being. */
  under(prefix: readonly string[]): Held[] {
    const now = Date.now();
    return [...this.#items.values()]
      .filter((held) => isLive(held, now) && isUnder(held.head.namespace, prefix))
      .sort((a, b) => (a.head.first ?? a.seq) - (b.head.first ?? b.seq));
  }

  /** Every item that is known, those that are over too. */
  all(): Iterable<Held> {
    return this.#items.values();
  }

  forget({ subject, seq }: Pick<Stored, "subject" | "seq">): void {
    if (this.#items.get(subject)?.seq === seq) this.#items.delete(subject);
  }

  /** The whole message of an item; `undefined`, and told of, if it is damaged or has gone. */
  async whole(held: Held): Promise<Stored | undefined> {
    const { subject, seq, head, area } = held;
    if (area !== undefined) return { subject, seq, head, area };
    const entry = await this.journal.at(seq);
    return entry === undefined ? undefined : this.spared(async () => openItem(entry));
  }

  /** The vectors of an item, read once. */
  async vectorsOf(held: Held): Promise<Vectors | undefined> {
    const { vectors } = held.head;
    if (held.vectors !== undefined || vectors === undefined) return held.vectors;
    const stored = await this.whole(held);
    if (stored === undefined) return undefined;
    held.vectors = await this.spared(async () => vectorsFrom(await this.pieces.read(vectors.piece, stored), vectors));
    return held.vectors;
  }

  /** What `read` finds; if that is damaged, it is told of and left out. */
  async spared<T>(read: () => Promise<T>): Promise<T | undefined> {
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof NatsSaverError) || error.code !== "corrupt") throw error;
      this.onDamaged(error);
      return undefined;
    }
  }

  async end(): Promise<void> {
    this.#pump?.stop.abort();
    await this.#pump?.ended;
  }

  #begin() {
    const stop = new AbortController();
    const start: Start = this.#position === 0 ? "newest" : { after: this.#position };
    const ended = this.#run(start, stop.signal).catch((error: unknown) => {
      this.#failure = error;
      this.#pump = undefined;
      if (error instanceof NatsSaverError && error.code === "refused") this.#mayFollow = false;
      this.#arrivals.emit("arrival");
    });
    return { stop, ended };
  }

  async #restart(): Promise<void> {
    await this.end();
    this.#pump = this.#begin();
  }

  async #run(start: Start, signal: AbortSignal): Promise<void> {
    for await (const message of follow(this.connection, itemsUnder(this.agent, []), start, signal)) this.#take(message);
  }

  /** Takes in what is there now, without a consumer. */
  async #read(): Promise<void> {
    const filter = itemsUnder(this.agent, []);
    if (this.#position > 0) {
      for await (const entry of this.journal.from(filter, this.#position + 1)) this.#take(entry);
      return;
    }
    for (const entry of (await this.journal.lastOfEach(filter)).sort((a, b) => a.seq - b.seq)) this.#take(entry);
  }

  #take({ subject, seq, data }: { subject: string; seq: number; data: Uint8Array }): void {
    // Somebody else has read it meanwhile.
    if (seq <= this.#position) return;
    try {
      const { head, area } = openItem({ subject, seq, data, header: () => undefined });
      // A copy: the client's bytes are a window on everything that came with them.
      const kept = area.length <= KEPT_BYTES ? Uint8Array.from(area) : undefined;
      this.#items.set(subject, { subject, seq, head, area: kept, vectors: undefined });
    } catch (error) {
      if (!(error instanceof NatsSaverError)) throw error;
      this.#items.delete(subject);
      this.onDamaged(error);
    }
    this.#position = seq;
    this.#arrivals.emit("arrival");
  }

  /** Whether the position gets to a sequence, unless nothing more comes for a while. */
  async #reaches(seq: number): Promise<boolean> {
    while (this.#position < seq && this.#mayFollow) {
      const late = AbortSignal.timeout(UNDER_WAY_MS);
      try {
        await once(this.#arrivals, "arrival", { signal: late });
      } catch (error) {
        if (late.aborted) return false;
        throw error;
      }
    }
    return this.#position >= seq;
  }
}
