import type { Msg } from "@nats-io/transport-node";
import { nanos } from "@nats-io/transport-node";
import { z } from "zod";
import { BackboneError } from "../errors.js";
import { ATTEMPT_MS, type Link } from "../link/link.js";
import { partsOf, type QueueName } from "./queue-name.js";

const WORKING_EVERY_MS = 10_000;
const bodySchema = z.object({ submission: z.string() });

/**
 * A task in the hands of a worker. As long as it is held the server hears every 10 s that it is being worked on. Answers are
 * confirmed by the server before they return. Whoever finds that another has taken over lets go of it without an answer.
 */
export class Delivery implements Disposable {
  readonly queue: QueueName;
  readonly id: string;
  /** Which submission of the task this is. */
  readonly submission: string;
  /** How often it was delivered, this time included. */
  readonly deliveries: number;
  /** The trace in which it was submitted, if it was in one. */
  readonly traceparent: string | undefined;
  readonly #link: Link;
  readonly #reply: string;
  readonly #timer: NodeJS.Timeout;
  #confirmedAt = performance.now();

  private constructor(
    link: Link,
    o: { queue: QueueName; id: string; submission: string; reply: string; traceparent?: string },
  ) {
    this.queue = o.queue;
    this.id = o.id;
    this.submission = o.submission;
    this.traceparent = o.traceparent;
    this.#link = link;
    this.#reply = o.reply;
    this.deliveries = deliveriesOf(o.reply);
    this.#timer = setInterval(() => void this.working(), WORKING_EVERY_MS);
  }

  /** Throws BackboneError `corrupt` for a message that is no task. */
  static of(link: Link, message: Msg): Delivery {
    const body = bodySchema.safeParse(parsed(message));
    if (!body.success || message.reply === undefined) {
      const text = `The message on ${message.subject} is no task of this version; remove it with \`nats stream rmm\`.`;
      throw new BackboneError("corrupt", text, { cause: body.error });
    }
    const traceparent = message.headers?.get("traceparent") || undefined;
    return new Delivery(link, { ...partsOf(message.subject), ...body.data, reply: message.reply, traceparent });
  }

  get redelivered(): boolean {
    return this.deliveries > 1;
  }

  /** Since the server has last confirmed that it is this worker's, in milliseconds of this machine's uptime. */
  get unconfirmedMs(): number {
    return performance.now() - this.#confirmedAt;
  }

  /** Tells the server that it is being worked on; returns whether the server has heard it. */
  async working(): Promise<boolean> {
    try {
      await this.#link.connection.request(this.#reply, "+WPI", { timeout: ATTEMPT_MS });
      this.#confirmedAt = performance.now();
      return true;
    } catch {
      // The next beat says it again; if none gets through, the server gives the task to another, and the epoch decides.
      return false;
    }
  }

  /** It is done: nobody gets it again. */
  ack(): Promise<void> {
    return this.#answer("+ACK");
  }

  /** It is not done: somebody gets it again, after `delayMs`. */
  nak(delayMs = 0): Promise<void> {
    return this.#answer(delayMs > 0 ? `-NAK {"delay": ${nanos(delayMs)}}` : "-NAK");
  }

  /** It never can be done: nobody gets it again, and the server says so in an advisory. */
  term(): Promise<void> {
    return this.#answer("+TERM");
  }

  /** Lets go of it without an answer. */
  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  async #answer(answer: string): Promise<void> {
    this[Symbol.dispose]();
    await this.#link.patiently(`hear about the task ${this.id}`, () =>
      this.#link.connection.request(this.#reply, answer, { timeout: ATTEMPT_MS }),
    );
  }
}

/** `$JS.ACK.<stream>.<consumer>.<deliveries>...`, or since 2.10 with `<domain>.<account>` before the stream. */
function deliveriesOf(reply: string): number {
  const tokens = reply.split(".");
  return Number(tokens[tokens.length === 9 ? 4 : 6]);
}

function parsed(message: Msg): unknown {
  try {
    return message.json();
  } catch {
    return undefined;
  }
}
