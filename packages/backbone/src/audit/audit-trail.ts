import { randomUUID } from "node:crypto";
import { DiscardPolicy, RetentionPolicy, StorageType } from "@nats-io/jetstream";
import { ensureStream } from "../link/ensure-stream.js";
import type { Link } from "../link/link.js";
import { publish } from "../link/publish.js";
import { readStream } from "../link/read-stream.js";

const STREAM = "VIBEWRITER_AUDIT";
/** Of the whole stream; beyond it the oldest records go. */
const MOST_RECORDS = 2_000_000;
/** Records that may wait: some minutes of what the gateway lets the programs of one machine ask for. */
const MOST_WAITING = 5_000;
/** Under way at once. */
const WIDTH = 8;
/** How long the end waits for what is still to be stored. */
const FLUSH_MS = 5_000;

export interface AuditTrailOptions {
  /** Told when records were lost: how many, because NATS did not take them in time. */
  onLoss?: (lost: number) => void;
}

/**
 * Who asked for what: stream VIBEWRITER_AUDIT, one subject `vibewriter.audit.<agent>`, with no limit of age and at most two million
 * records. Writing never waits and never fails; what NATS does not take in time is lost, counted, and said in the next record.
 */
export class AuditTrail implements AsyncDisposable {
  readonly #link: Link;
  readonly #onLoss: AuditTrailOptions["onLoss"];
  readonly #waiting: { subject: string; entry: object }[] = [];
  readonly #senders = new Set<Promise<void>>();
  #lost = 0;
  #isClosed = false;

  private constructor(link: Link, o: AuditTrailOptions) {
    this.#link = link;
    this.#onLoss = o.onLoss;
  }

  static async open(link: Link, o: AuditTrailOptions = {}): Promise<AuditTrail> {
    await ensureStream(link, {
      name: STREAM,
      subjects: ["vibewriter.audit.*"],
      storage: StorageType.File,
      retention: RetentionPolicy.Limits,
      max_msgs: MOST_RECORDS,
      // Bytes would be set aside before there is anything to keep, also where a home or a tenant has not so many.
      max_bytes: -1,
      discard: DiscardPolicy.Old,
      deny_delete: true,
      deny_purge: true,
      allow_direct: true,
    });
    return new AuditTrail(link, o);
  }

  /** Writes a record of what an agent asked for, as soon as there is time. */
  record(agent: string, entry: object): void {
    const subject = subjectOf(agent);
    if (this.#isClosed || this.#waiting.length >= MOST_WAITING) {
      this.#lost += 1;
      return;
    }
    this.#waiting.push({ subject, entry });
    if (this.#senders.size >= WIDTH) return;
    const sender = this.#send().finally(() => this.#senders.delete(sender));
    this.#senders.add(sender);
  }

  /** The records of an agent so far, in the order in which they were stored. */
  async *read(agent: string): AsyncGenerator<unknown, void, undefined> {
    const reading = { stream: STREAM, subjects: [subjectOf(agent)], from: 1, live: false };
    for await (const message of readStream(this.#link, reading)) yield message.json();
  }

  /** Waits a little for what is still to be stored; the rest is lost. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, FLUSH_MS);
    });
    await Promise.race([Promise.all(this.#senders), late]);
    clearTimeout(timer);
    this.#lost += this.#waiting.splice(0).length;
    if (this.#lost > 0) this.#onLoss?.(this.#lost);
  }

  async #send(): Promise<void> {
    for (let next = this.#waiting.shift(); next; next = this.#waiting.shift()) {
      const lost = this.#lost;
      this.#lost = 0;
      const data = JSON.stringify(lost === 0 ? next.entry : { ...next.entry, lost });
      try {
        await publish(this.#link, { stream: STREAM, subject: next.subject, data, messageId: randomUUID() });
        if (lost > 0) this.#onLoss?.(lost);
      } catch {
        // An audit that fails must not fail what it is about; that it failed is counted, and said with the next record.
        this.#lost += lost + 1;
      }
    }
  }
}

/** A VM's name may have dots. */
function subjectOf(agent: string): string {
  return `vibewriter.audit.${agent.replaceAll(/[^A-Za-z0-9_-]/g, "_")}`;
}
