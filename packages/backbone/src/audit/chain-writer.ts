import { randomBytes, randomUUID } from "node:crypto";
import { BackboneError } from "../errors.js";
import type { Link } from "../link/link.js";
import { publish } from "../link/publish.js";
import { encryptText } from "../sealing/encrypted-text.js";
import { type ChainEnd, findEnd, type Head } from "./chain-end.js";
import type { DataKeys } from "./data-keys.js";
import { type ChainRecord, sha256 } from "./record.js";

/** Entries that may wait: some minutes of what the gateway lets the programs of one machine ask for. */
const MOST_WAITING = 5_000;
/** Entries of one record, and the bytes of their texts: a message of NATS has at most 1 MiB. */
const MOST_ENTRIES = 64;
const MOST_BYTES = 256 * 1024;
/** How long an entry waits for others to share its record, unless somebody waits for it: what a process that is killed may not have stored. */
const LINGER_MS = 100;

export interface ChainWriterOptions {
  readonly link: Link;
  readonly stream: string;
  readonly subject: string;
  readonly agent: string;
  readonly host: string;
  readonly keys: Pick<DataKeys, "of">;
  /** The last record that was kept outside of the chain. */
  readonly anchored: () => Promise<Head | undefined>;
  readonly onLoss: (lost: number) => void;
  /** Told of each record that was stored. */
  readonly onStored: (head: Head) => void;
}

/**
 * Appends to the chain of one agent. What comes while a record is being stored goes into the next one together, so that a call costs no
 * round trip. Several processes may write one chain: a record goes only behind the one that it names.
 */
export class ChainWriter {
  readonly #o: ChainWriterOptions;
  readonly #waiting: string[] = [];
  readonly #waiters: { upTo: number; resolve: () => void; reject: (error: Error) => void }[] = [];
  #taken = 0;
  #settled = 0;
  /** Not yet said in the chain. */
  #lost = 0;
  /** Something was not taken, which neither the chain says yet nor anybody was told who asked. */
  #isDropped = false;
  /** Where the chain ends, as far as this process knows; absent when it has to look. */
  #end: ChainEnd | undefined;
  /** Where this process has seen it end last. */
  #known: ChainEnd | undefined;
  #writing: Promise<void> | undefined;
  /** Ends the wait for more entries. */
  #hurry: () => void = () => undefined;

  constructor(o: ChainWriterOptions) {
    this.#o = o;
  }

  /** Takes an entry, as JSON, to be stored as soon as there is time. */
  push(entry: string): void {
    if (this.#waiting.length >= MOST_WAITING) {
      this.#lost += 1;
      this.#isDropped = true;
      return;
    }
    this.#taken += 1;
    this.#waiting.push(entry.length > MOST_BYTES ? stub(entry) : entry);
    this.#writing ??= this.#write().finally(() => {
      this.#writing = undefined;
    });
  }

  /**
   * Returns when all that was pushed so far is stored. Ask for it in the turn in which you push: that an entry was not taken is told to whoever
   * asks next, or by the chain.
   * @throws BackboneError if some of it is not
   */
  async written(): Promise<void> {
    const isDropped = this.#isDropped;
    this.#isDropped = false;
    if (this.#settled < this.#taken) {
      await new Promise<void>((resolve, reject) => {
        this.#waiters.push({ upTo: this.#taken, resolve, reject });
        this.#hurry();
      });
    }
    if (isDropped) throw notStored(this.#o.agent, new Error(`More than ${MOST_WAITING} entries had to wait.`));
  }

  /** Takes nothing any more. @returns what is lost so far and not said in the chain */
  abandon(): number {
    const lost = this.#lost + this.#waiting.splice(0).length;
    this.#lost = 0;
    return lost;
  }

  async #write(): Promise<void> {
    while (this.#waiting.length > 0) {
      await this.#linger();
      const batch = this.#nextBatch();
      const lost = this.#lost;
      this.#lost = 0;
      try {
        const head = await this.#append(batch, lost);
        if (lost > 0) this.#o.onLoss(lost);
        if (this.#lost === 0) this.#isDropped = false;
        this.#settle(batch.length);
        this.#o.onStored(head);
      } catch (error) {
        // An audit that fails must not fail what it is about, unless that asks. It is counted, and said with the next record.
        this.#lost += lost + batch.length;
        this.#end = undefined;
        this.#settle(batch.length, error);
      }
    }
  }

  async #linger(): Promise<void> {
    // Whatever else is recorded in this turn goes along in any case.
    await Promise.resolve();
    if (this.#waiters.length > 0 || this.#waiting.length >= MOST_ENTRIES) return;
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.#hurry = resolve;
      timer = setTimeout(resolve, LINGER_MS);
    });
    clearTimeout(timer);
  }

  #nextBatch(): string[] {
    let bytes = 0;
    let count = 0;
    for (const entry of this.#waiting) {
      bytes += Buffer.byteLength(entry);
      if (count > 0 && (count === MOST_ENTRIES || bytes > MOST_BYTES)) break;
      count += 1;
    }
    return this.#waiting.splice(0, count);
  }

  #settle(count: number, cause?: unknown): void {
    this.#settled += count;
    while (this.#waiters[0] !== undefined && (cause !== undefined || this.#waiters[0].upTo <= this.#settled)) {
      const waiter = this.#waiters.shift();
      if (cause === undefined) waiter?.resolve();
      else waiter?.reject(notStored(this.#o.agent, cause));
    }
  }

  async #append(entries: readonly string[], lost: number): Promise<Head> {
    const { link, stream, subject, agent, host, anchored } = this.#o;
    const content = link.secrets.screen(
      `{"salt":"${randomBytes(16).toString("base64url")}","entries":[${entries.join(",")}]}`,
      subject,
    );
    const key = await this.#o.keys.of(agent);
    const sealed = { digest: sha256(content), key: key.id, sealed: encryptText(content, key.bytes, agent) };
    for (;;) {
      const end = this.#end ?? (await findEnd(link, { stream, subject, agent, anchored, known: this.#known }));
      const seq = (end.head?.seq ?? 0) + 1;
      const said = lost === 0 ? {} : { lost };
      const at = new Date().toISOString();
      const record: ChainRecord = {
        ...{ v: 1, agent, seq, prev: end.hash, at, host, count: entries.length },
        ...said,
        ...sealed,
      };
      const data = JSON.stringify(record);
      try {
        const stored = await publish(link, {
          ...{ stream, subject, data, messageId: randomUUID(), expectedLast: end.position },
          // It was screened before it was encrypted, and what is hashed must be what is stored.
          isContent: true,
        });
        const head = { seq, hash: sha256(data) };
        this.#end = { head, hash: head.hash, position: stored.seq };
        this.#known = this.#end;
        return head;
      } catch (error) {
        this.#end = undefined;
        if (!(error instanceof BackboneError && error.code === "conflict")) throw error;
      }
    }
  }
}

/** In the place of an entry that is too large to be stored. */
function stub(entry: string): string {
  return JSON.stringify({
    at: new Date().toISOString(),
    kind: "large",
    bytes: Buffer.byteLength(entry),
    sha256: sha256(entry),
  });
}

function notStored(agent: string, cause: unknown): BackboneError {
  const text = `The audit of the agent ${agent} cannot be written, so nothing is done that has to be in it; see that nats-server runs, then try again.`;
  return new BackboneError("unavailable", text, { cause });
}
