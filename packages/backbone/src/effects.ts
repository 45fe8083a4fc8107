import { createHash, randomUUID } from "node:crypto";
import { DiscardPolicy, RetentionPolicy, StorageType } from "@nats-io/jetstream";
import { type Effect, parseEffect } from "./effect.js";
import { BackboneError } from "./errors.js";
import { ensureStream } from "./link/ensure-stream.js";
import type { Link } from "./link/link.js";
import { lastOn, publish } from "./link/publish.js";
import { readStream } from "./link/read-stream.js";
import { apiCode, codeOf } from "./link/transient.js";
import { Projection, type ProjectionOptions } from "./projection.js";

const STREAM = "VIBEWRITER_EFFECTS";
/** The kinds of effects. `*` stands for one token, such as an article's id. */
const KINDS = ["kb.publish.new", "citation.new.*"] as const;

/**
 * Effects that happen at most once per key, for ever: stream VIBEWRITER_EFFECTS, each effect alone on its own subject
 * `<subject>.<hash of the key>`, where the server refuses a second message.
 */
export class Effects {
  readonly #link: Link;

  private constructor(link: Link) {
    this.#link = link;
  }

  static async open(link: Link): Promise<Effects> {
    await ensureStream(link, {
      name: STREAM,
      subjects: KINDS.map((kind) => `${kind}.*`),
      storage: StorageType.File,
      retention: RetentionPolicy.Limits,
      max_msgs_per_subject: 1,
      discard: DiscardPolicy.New,
      discard_new_per_subject: true,
      deny_delete: true,
      deny_purge: true,
      allow_direct: true,
    });
    return new Effects(link);
  }

  /**
   * Makes the effect happen unless it has happened. `key` says what the effect is (never a random id), for instance
   * `publish:<run>:<draft's sha-256>`; it is unique within its subject.
   * @returns `first: true` with the effect as it was stored now, or `first: false` with the one that was there
   * @throws BackboneError `invalid` for an unknown subject, `too_large` above 1 MiB, `unavailable` if NATS stays away
   */
  async publish(
    subject: string,
    key: string,
    payload: unknown,
  ): Promise<{ seq: number; first: boolean; effect: Effect }> {
    const exact = exactSubject(subject, key);
    try {
      // Random, since it names this very call: a repetition of the effect must be refused, not taken for a retry.
      const messageId = randomUUID();
      const data = JSON.stringify({ key, payload: payload ?? null });
      await publish(this.#link, { stream: STREAM, subject: exact, data, messageId });
      return { ...(await this.#stored(exact)), first: true };
    } catch (error) {
      if (codeOf(error) !== apiCode.maxMessagesPerSubject) throw error;
      return { ...(await this.#stored(exact)), first: false };
    }
  }

  /** The effect with this key, or `undefined` if it has not happened. */
  async get(subject: string, key: string): Promise<Effect | undefined> {
    const message = await lastOn(this.#link, STREAM, exactSubject(subject, key));
    return message && parseEffect(message);
  }

  /**
   * All effects so far on the subjects (`kb.publish.new`, `citation.new.*`), in the order in which they happened, from
   * position `from` (the first by default).
   */
  async *read(
    subjects: string | readonly string[],
    o: { from?: number; signal?: AbortSignal } = {},
  ): AsyncGenerator<Effect, void, undefined> {
    const reading = { stream: STREAM, subjects: filters(subjects), from: o.from ?? 1, live: false, signal: o.signal };
    for await (const message of readStream(this.#link, reading)) yield parseEffect(message);
  }

  /** {@link Effects.read}, and then each new effect as it happens, until `signal` aborts. */
  async *follow(
    subjects: string | readonly string[],
    o: { from?: number; signal?: AbortSignal } = {},
  ): AsyncGenerator<Effect, void, undefined> {
    const reading = { stream: STREAM, subjects: filters(subjects), from: o.from ?? 1, live: true, signal: o.signal };
    for await (const message of readStream(this.#link, reading)) yield parseEffect(message);
  }

  /** Keeps a projection of these subjects up to date; see {@link Projection}. */
  project(name: string, subjects: string | readonly string[], o: ProjectionOptions): Projection {
    return Projection.start({
      ...o,
      name,
      effects: (from, signal) => this.follow(subjects, { from, signal }),
      last: () => this.#last(subjects),
    });
  }

  async #stored(exact: string): Promise<{ seq: number; effect: Effect }> {
    const message = await lastOn(this.#link, STREAM, exact);
    if (!message) throw new BackboneError("corrupt", `${STREAM} has lost the effect on ${exact}; restore a backup.`);
    return { seq: message.seq, effect: parseEffect(message) };
  }

  async #last(subjects: string | readonly string[]): Promise<number> {
    const found = await Promise.all(filters(subjects).map((filter) => lastOn(this.#link, STREAM, filter)));
    return Math.max(0, ...found.map((message) => message?.seq ?? 0));
  }
}

function exactSubject(subject: string, key: string): string {
  const tokens = subject.split(".");
  const known = KINDS.some((kind) => {
    const wanted = kind.split(".");
    return wanted.length === tokens.length && wanted.every((token, i) => token === "*" || token === tokens[i]);
  });
  if (!known || !tokens.every((token) => /^[A-Za-z0-9_-]+$/.test(token))) {
    throw new BackboneError("invalid", `"${subject}" is no subject of an effect; use ${KINDS.join(" or ")}.`);
  }
  return `${subject}.${createHash("sha256").update(key).digest("hex").slice(0, 40)}`;
}

function filters(subjects: string | readonly string[]): string[] {
  return (typeof subjects === "string" ? [subjects] : subjects).map((subject) => `${subject}.*`);
}
