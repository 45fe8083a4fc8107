import { BackboneError, type EffectStream } from "@vibewriter/backbone";
import { ChoirError } from "../errors.js";
import type { Economy } from "./config.js";
import type { Fact } from "./facts.js";
import type { Funding } from "./rules.js";
import type { StoredPosting, WrittenPosting } from "./stream.js";
import type { LedgerThread } from "./thread.js";

/** What the bookkeeper has to know of the knowledge base. */
export interface FactSource {
  facts(after: number, limit: number): Promise<Fact[]>;
  caughtUp(): Promise<void>;
  /** `remade`: facts may be there now where none were. */
  onChange(listener: (o: { remade: boolean }) => void): Disposable;
}

export interface BookkeeperParts {
  stream: EffectStream;
  thread: LedgerThread;
  source: FactSource;
  /** Undefined: those that the ledger has, or the usual ones for a new one. */
  economy: Economy | undefined;
  /** Milliseconds since 1970. */
  now: () => number;
}

/** Small enough that no batch holds up the process that hands it over. */
const BATCH = 100;

/**
 * Writes the ledger: what follows from the knowledge base and from time, in the order that the rules give, each posting as
 * the very next one of the stream. Whoever writes beside it makes it begin anew with what is there; a crash anywhere leaves
 * a ledger that ends a few postings early, and they are written when it is opened next.
 */
export class Bookkeeper {
  readonly #parts: BookkeeperParts;
  /** Sequence of the last posting that was followed; undefined: begin in front of the first one. */
  #end: number | undefined;
  /** Of the last fact that was offered. */
  #offered = 0;
  /** Once for each start: two servers that have other numbers must not take turns. */
  #saidEconomy = false;

  constructor(parts: BookkeeperParts) {
    this.#parts = parts;
  }

  /** Posts everything that is to be posted now. */
  async work(): Promise<void> {
    await this.#current(async () => {
      await this.#offerFacts();
      await this.#parts.thread.call("offerTime", this.#parts.now());
    });
  }

  /** Says whether it is new. @throws ChoirError `invalid_funding` */
  async fund(funding: Funding): Promise<boolean> {
    const { thread, now } = this.#parts;
    let isNew = false;
    await this.#current(async () => {
      // When somebody else was faster it is offered again, and may be there already.
      isNew = (await thread.call("offerFunding", funding, now())) || isNew;
    });
    return isNew;
  }

  /** Has all facts offered once more; those that were posted give nothing. */
  reread(): void {
    this.#offered = 0;
  }

  /** Does something on top of all that is in the stream and writes what follows; again if somebody else was faster. */
  async #current(offer: () => Promise<void>): Promise<void> {
    for (let tries = 0; ; tries++) {
      try {
        await this.#catchUp();
        await this.#write();
        this.#saidEconomy = true;
        await offer();
        await this.#write();
        return;
      } catch (error) {
        // A refusal has changed nothing; else what was offered and not written is forgotten with the rules' state.
        if (error instanceof ChoirError && error.code === "invalid_funding") throw error;
        this.#end = undefined;
        if (!(error instanceof Overtaken) || tries === 20) throw error;
      }
    }
  }

  async #catchUp(): Promise<void> {
    const { stream, thread, economy, now } = this.#parts;
    if (this.#end === undefined) {
      await thread.call("restart");
      this.#end = 0;
      this.#offered = 0;
    }
    for await (const batch of batches(stream, this.#end + 1)) await this.#follow(batch);
    if (!(await thread.call("endsAt", this.#end))) throw new Overtaken();
    if (!this.#saidEconomy) await thread.call("offerEconomy", economy, now());
  }

  async #follow(batch: StoredPosting[]): Promise<void> {
    if ((await this.#parts.thread.call("follow", batch)) === "other_stream") throw new Overtaken();
    this.#end = batch.at(-1)?.seq ?? this.#end;
  }

  async #offerFacts(): Promise<void> {
    const { source, thread } = this.#parts;
    for (;;) {
      const facts = await source.facts(this.#offered, BATCH);
      await thread.call("offerFacts", facts);
      this.#offered = facts.at(-1)?.seq ?? this.#offered;
      await this.#write();
      if (facts.length < BATCH) return;
    }
  }

  async #write(): Promise<void> {
    for (;;) {
      const postings = await this.#parts.thread.call("outstanding", BATCH);
      if (postings.length === 0) return;
      const stored: StoredPosting[] = [];
      let end = this.#end ?? 0;
      try {
        for (const posting of postings) {
          end = await this.#append(posting, end);
          stored.push({ seq: end, payload: posting.payload });
        }
      } finally {
        if (stored.length > 0) await this.#follow(stored);
      }
    }
  }

  async #append({ subject, key, payload }: WrittenPosting, end: number): Promise<number> {
    try {
      const { seq, first } = await this.#parts.stream.publishEffect(key, { subject, payload }, { end });
      if (first) return seq;
    } catch (error) {
      if (!(error instanceof BackboneError && error.code === "conflict")) throw error;
    }
    throw new Overtaken();
  }
}

/** Postings in batches, in the order of the stream, from a position on. */
export async function* batches(stream: EffectStream, from: number): AsyncGenerator<StoredPosting[], void, undefined> {
  let batch: StoredPosting[] = [];
  for await (const { seq, payload } of stream.read(undefined, { from })) {
    batch.push({ seq, payload });
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

/** Thrown inside: somebody else has written, or the file was of another stream. */
class Overtaken extends ChoirError {
  constructor() {
    super("conflict", "Others write this ledger again and again: let one server of this home keep it.");
  }
}
