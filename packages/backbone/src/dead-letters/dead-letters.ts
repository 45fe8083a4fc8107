import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { DiscardPolicy, RetentionPolicy, StorageType } from "@nats-io/jetstream";
import { BackboneError, reason } from "../errors.js";
import { ensureStream } from "../link/ensure-stream.js";
import type { Link } from "../link/link.js";
import { lastOn, publish } from "../link/publish.js";
import { readStream } from "../link/read-stream.js";
import { removeMessage } from "../link/remove-message.js";
import { type DeadLetter, type Died, deadLetterSchema, letterOf, subjectOf } from "./letter.js";

const STREAM = "VIBEWRITER_DLQ";
const ALL = "vibewriter.dlq.>";
const POLL_MS = 100;

/** A letter and its revision, which a change of it names. */
export interface KeptLetter {
  letter: DeadLetter;
  revision: number;
}

/**
 * `applied`: it is dealt with, or queued again, and the letter is gone. `failed`: it failed once more, and the letter says
 * why. `asked`: the projection that has to do it does not run now, or is at it still; it does it as soon as it can.
 */
export type RetryOutcome = "applied" | "failed" | "asked";

/**
 * Messages that could not be dealt with, kept until a person decides: stream VIBEWRITER_DLQ, one subject
 * `vibewriter.dlq.<kind>.<by>.<id>` a letter.
 */
export class DeadLetters {
  readonly #link: Link;

  private constructor(link: Link) {
    this.#link = link;
  }

  static async open(link: Link): Promise<DeadLetters> {
    await ensureStream(link, {
      name: STREAM,
      subjects: [ALL],
      storage: StorageType.File,
      retention: RetentionPolicy.Limits,
      max_msgs_per_subject: 1,
      discard: DiscardPolicy.Old,
      allow_direct: true,
    });
    return new DeadLetters(link);
  }

  /** All that nobody has dropped, in the order in which they came or last failed. */
  async list(): Promise<DeadLetter[]> {
    const letters: DeadLetter[] = [];
    for await (const { letter } of this.#read(ALL, { live: false })) {
      if (letter.state !== "dropped") letters.push(letter);
    }
    return letters;
  }

  /** @throws BackboneError `not_found` */
  async get(id: string): Promise<DeadLetter> {
    return (await this.#kept(id)).letter;
  }

  /** What the message says: of a task, the copy; else what still lies in its stream, or `undefined` if it is gone. */
  async content({ stream, seq, message }: DeadLetter): Promise<Uint8Array | undefined> {
    if (message) return Buffer.from(message.data, "base64");
    const what = `read message ${seq} of ${stream}`;
    const stored = await this.#link.patiently(what, () => this.#link.jsm.streams.getMessage(stream, { seq }));
    return stored?.data;
  }

  /**
   * Has the message dealt with after all, out of its order: a task goes back to its queue, a projection applies it after
   * what came behind it. Any number of calls do it once. Waits up to `waitMs` for a projection.
   * @throws BackboneError `not_found`
   */
  async retry(id: string, waitMs = 10_000): Promise<RetryOutcome> {
    const kept = await this.#kept(id);
    if (kept.letter.kind === "task") {
      await this.#queueAgain(kept);
      return "applied";
    }
    await this.#ask(kept);
    for (const until = Date.now() + waitMs; Date.now() < until; await sleep(POLL_MS)) {
      const now = await this.#find(id);
      if (!now) return "applied";
      if (now.letter.state !== "asked") return "failed";
    }
    return "asked";
  }

  /** Gives a message up for good: it is not tried again, not even when its projection starts anew. @throws BackboneError `not_found` */
  async drop(id: string): Promise<void> {
    const kept = await this.#kept(id);
    const { message: _, ...letter } = kept.letter;
    await this.#replace(kept, { ...letter, state: "dropped" });
  }

  /**
   * Writes down that a message has died. If it has before, that stands, unless this was the try that somebody asked for:
   * then its tries are added up.
   */
  async bury(died: Died): Promise<KeptLetter> {
    const letter = letterOf(died);
    const before = await this.#find(letter.id, subjectOf(letter));
    if (before && before.letter.state !== "asked") return before;
    const { tries, firstAt } = before?.letter ?? { tries: 0, firstAt: letter.firstAt };
    return await this.#replace(before ?? { letter, revision: 0 }, { ...letter, tries: letter.tries + tries, firstAt });
  }

  /** Takes away a letter that is dealt with; one that has changed since stays. */
  async remove({ revision }: KeptLetter): Promise<void> {
    await removeMessage(this.#link, STREAM, revision);
  }

  /** The letters of one projection or consumer as they are now and, with `live`, each one that comes or changes. */
  of(kind: DeadLetter["kind"], by: string, o: { live: boolean; signal?: AbortSignal }): AsyncIterable<KeptLetter> {
    return this.#read(`vibewriter.dlq.${kind}.${by}.*`, o);
  }

  async *#read(
    subject: string,
    o: { live: boolean; signal?: AbortSignal },
  ): AsyncGenerator<KeptLetter, void, undefined> {
    const reading = { stream: STREAM, subjects: [subject], from: 1, ...o };
    for await (const message of readStream(this.#link, reading)) yield parse(message);
  }

  async #ask(kept: KeptLetter): Promise<void> {
    if (kept.letter.state === "asked") return;
    try {
      await this.#replace(kept, { ...kept.letter, state: "asked" });
    } catch (error) {
      // Somebody else has asked or decided meanwhile; what came of it is seen by whoever waits.
      if (!(error instanceof BackboneError) || error.code !== "conflict") throw error;
    }
  }

  async #queueAgain(kept: KeptLetter): Promise<void> {
    const { id, stream, subject, message } = kept.letter;
    if (!message) throw new BackboneError("not_found", `The task ${subject} was dropped.`);
    const messageId = `dlq:${id}:${kept.revision}`;
    try {
      const data = Buffer.from(message.data, "base64");
      await publish(this.#link, { stream, subject, data, messageId, expectedLast: 0, headers: message.headers });
    } catch (error) {
      // The queue has a task for this already: that is what was asked for.
      if (!(error instanceof BackboneError) || error.code !== "conflict") throw error;
    }
    await this.remove(kept);
  }

  async #replace(before: KeptLetter, letter: DeadLetter): Promise<KeptLetter> {
    const { seq } = await publish(this.#link, {
      stream: STREAM,
      subject: subjectOf(letter),
      data: JSON.stringify(letter),
      messageId: randomUUID(),
      expectedLast: before.revision,
    });
    return { letter, revision: seq };
  }

  async #kept(id: string): Promise<KeptLetter> {
    const found = /^[0-9a-f]{12}$/.test(id) ? await this.#find(id) : undefined;
    if (found && found.letter.state !== "dropped") return found;
    throw new BackboneError("not_found", `There is no dead letter ${id}; see \`vibewriter dlq list\`.`);
  }

  async #find(id: string, subject = `vibewriter.dlq.*.*.${id}`): Promise<KeptLetter | undefined> {
    const message = await lastOn(this.#link, STREAM, subject);
    return message && parse(message);
  }
}

function parse(message: { seq: number; json(): unknown }): KeptLetter {
  try {
    return { letter: deadLetterSchema.parse(message.json()), revision: message.seq };
  } catch (error) {
    throw new BackboneError("corrupt", `Dead letter ${message.seq} cannot be read: ${reason(error)}`, { cause: error });
  }
}
