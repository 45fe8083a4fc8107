import { createHash, randomUUID } from "node:crypto";
import { DiscardPolicy, RetentionPolicy, StorageType } from "@nats-io/jetstream";
import { BackboneError } from "../errors.js";
import { ensureStream } from "../link/ensure-stream.js";
import { importedLink, isImported } from "../link/imported.js";
import type { Link } from "../link/link.js";
import { lastOn, publish } from "../link/publish.js";
import { readStream } from "../link/read-stream.js";
import { isThere } from "../link/transient.js";
import type { Projectable, StreamMessage } from "../projections/projectable.js";
import { type Effect, parseEffect } from "./effect.js";

/**
 * Effects that happen at most once per key, for ever. Each stands alone on its own subject `<subject>.<hash of the key>`,
 * where the server refuses a second message; all effects of one stream have one order.
 */
export class EffectStream implements Projectable<Effect> {
  readonly name: string;
  readonly link: Link;
  readonly #kinds: readonly string[];

  private constructor(link: Link, name: string, kinds: readonly string[]) {
    this.link = link;
    this.name = name;
    this.#kinds = kinds;
  }

  /** @throws BackboneError `invalid` for a kind that is no subject */
  static async open(link: Link, name: string, kinds: readonly string[]): Promise<EffectStream> {
    const wrong = kinds.find((kind) => !kind.split(".").every((token) => token === "*" || isToken(token)));
    if (wrong !== undefined || kinds.length === 0) {
      throw new BackboneError("invalid", `"${wrong ?? ""}" is no kind of effect; write one like "citation.new.*".`);
    }
    const settings = {
      name,
      subjects: kinds.map((kind) => `${kind}.*`),
      storage: StorageType.File,
      retention: RetentionPolicy.Limits,
      max_msgs_per_subject: 1,
      discard: DiscardPolicy.New,
      discard_new_per_subject: true,
      deny_delete: true,
      deny_purge: true,
      allow_direct: true,
    };
    if (await isImported(link, name)) return new EffectStream(await importedLink(link), name, kinds);
    await ensureStream(link, settings);
    return new EffectStream(link, name, kinds);
  }

  /** True if it is another account's, which others read, too, but not the files of this one. */
  get isShared(): boolean {
    return this.link.readsDirectly;
  }

  /**
   * Makes an effect happen unless it has happened. `key` says what the effect is (never a random id), for instance
   * `publish:<run>:<draft's sha-256>`; it is unique within its subject. With `end`, only as the next effect of the stream
   * after that position (0 for an empty one): whoever derives effects from those before knows of all of them.
   * @returns `first: true` with the effect as it was stored now, or `first: false` with the one that was there
   * @throws BackboneError `invalid` for an unknown subject, `secret_found` for one that holds a secret or a key, which would
   *   be there for ever; `conflict` if `end` is not the end any more; `too_large` above 1 MiB, `unavailable` if NATS stays away
   */
  async publishEffect(
    key: string,
    event: { subject: string; payload: unknown },
    { end }: { end?: number } = {},
  ): Promise<{ seq: number; first: boolean; effect: Effect }> {
    const exact = this.#exactSubject(event.subject, key);
    const data = JSON.stringify({ key, payload: event.payload ?? null });
    this.refuseSecrets(event.subject, data);
    try {
      // Random, since it names this very call: a repetition of the effect must be refused, not taken for a retry.
      const messageId = randomUUID();
      await publish(this.link, { stream: this.name, subject: exact, data, messageId, expectedEnd: end });
      return { ...(await this.#stored(exact)), first: true };
    } catch (error) {
      if (!isThere(error)) throw error;
      return { ...(await this.#stored(exact)), first: false };
    }
  }

  /** The effect with this key, or `undefined` if it has not happened. */
  async get(subject: string, key: string): Promise<Effect | undefined> {
    const message = await lastOn(this.link, this.name, this.#exactSubject(subject, key));
    return message && parseEffect(message);
  }

  /** All effects so far of some kinds, by default of all, in the order in which they happened, from position `from` on. */
  async *read(
    kinds?: readonly string[],
    o: { from?: number; signal?: AbortSignal } = {},
  ): AsyncGenerator<Effect, void, undefined> {
    const subjects = this.filters(kinds);
    const reading = { stream: this.name, subjects, from: o.from ?? 1, live: false, signal: o.signal };
    for await (const message of readStream(this.link, reading)) yield parseEffect(message);
  }

  /** The `seq` of the last effect; 0 before the first. */
  async lastPosition(): Promise<number> {
    const last = await Promise.all(this.filters().map((filter) => lastOn(this.link, this.name, filter)));
    return Math.max(0, ...last.map((message) => message?.seq ?? 0));
  }

  filters(kinds: readonly string[] = this.#kinds): readonly string[] {
    return kinds.map((kind) => `${kind}.*`);
  }

  parse(message: StreamMessage): Effect {
    return parseEffect(message);
  }

  /**
   * Not replaced, as elsewhere: others have hashed what they publish. For what an effect only refers to.
   * @throws BackboneError `secret_found`
   */
  refuseSecrets(subject: string, data: string): void {
    const found = this.link.secrets.find(data);
    if (found === undefined) return;
    const text = `What is to be published on ${subject} holds ${found.what}; take it out first.`;
    throw new BackboneError("secret_found", text);
  }

  async #stored(exact: string): Promise<{ seq: number; effect: Effect }> {
    const message = await lastOn(this.link, this.name, exact);
    if (!message) throw new BackboneError("corrupt", `${this.name} has lost the effect on ${exact}; restore a backup.`);
    return { seq: message.seq, effect: parseEffect(message) };
  }

  #exactSubject(subject: string, key: string): string {
    const tokens = subject.split(".");
    const known = this.#kinds.some((kind) => {
      const wanted = kind.split(".");
      return wanted.length === tokens.length && wanted.every((token, i) => token === "*" || token === tokens[i]);
    });
    if (!known || !tokens.every(isToken)) {
      throw new BackboneError("invalid", `"${subject}" is no subject of an effect; use ${this.#kinds.join(" or ")}.`);
    }
    return `${subject}.${createHash("sha256").update(key).digest("hex").slice(0, 40)}`;
  }
}

function isToken(token: string): boolean {
  return /^[A-Za-z0-9_-]+$/.test(token);
}
