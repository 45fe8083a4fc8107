import { randomUUID } from "node:crypto";
import { StorageType } from "@nats-io/jetstream";
import { Kvm } from "@nats-io/kv";
import type { z } from "zod";
import { BackboneError, reason } from "./errors.js";
import { ensureReplicas } from "./link/ensure-stream.js";
import type { Link } from "./link/link.js";
import { lastOn, publish } from "./link/publish.js";
import { readStream } from "./link/read-stream.js";

/** A record and the revision that a compare-and-set of it names. */
export interface Versioned<T> {
  key: string;
  value: T;
  revision: number;
}

/** A change that {@link Records.watch} tells of; `value` is absent when the record was deleted. */
export interface RecordChange<T> {
  key: string;
  value: T | undefined;
  revision: number;
  /** When the server stored it, in its milliseconds since 1970. */
  time: number;
}

/** Small typed values by key in one KV bucket; every value is checked with its schema on the way in and out. */
export class Records<T> {
  readonly #link: Link;
  readonly #bucket: string;
  readonly #schema: z.ZodType<T>;

  private constructor(link: Link, bucket: string, schema: z.ZodType<T>) {
    this.#link = link;
    this.#bucket = bucket;
    this.#schema = schema;
  }

  static async open<T>(link: Link, bucket: string, schema: z.ZodType<T>): Promise<Records<T>> {
    await link.patiently(`open the bucket ${bucket}`, () =>
      new Kvm(link.js).create(bucket, { history: 1, storage: StorageType.File, replicas: link.replicas }),
    );
    await ensureReplicas(link, `KV_${bucket}`);
    return new Records(link, bucket, schema);
  }

  async get(key: string): Promise<Versioned<T> | undefined> {
    const message = await lastOn(this.#link, this.#stream, this.#subject(key));
    if (!message || message.header.has(OPERATION)) return undefined;
    return { key, value: this.#parse(key, message.string()), revision: message.seq };
  }

  /**
   * Writes a record. With `revision` only if that is still its revision, with 0 only if it has never been there.
   * @returns the new revision
   * @throws BackboneError `conflict` if the revision is another, `invalid` if the value does not fit the schema
   */
  async put(key: string, value: T, o: { revision?: number } = {}): Promise<number> {
    const data = JSON.stringify(this.#check(key, value));
    return await this.#write(key, data, o.revision);
  }

  /** Writes a record that is not there yet. @throws BackboneError `exists` */
  async create(key: string, value: T): Promise<number> {
    const data = JSON.stringify(this.#check(key, value));
    for (;;) {
      const last = await lastOn(this.#link, this.#stream, this.#subject(key));
      if (last && !last.header.has(OPERATION)) {
        throw new BackboneError("exists", `"${key}" is already in ${this.#bucket}.`);
      }
      try {
        return await this.#write(key, data, last?.seq ?? 0);
      } catch (error) {
        if (!isConflict(error)) throw error;
      }
    }
  }

  /**
   * Changes a record by what it is now: `change` is called again whenever somebody else wrote in between, so it must
   * have no other effect. It gets `undefined` if there is no record; if it returns `undefined`, nothing is written.
   * @returns the record as it is afterwards
   */
  async update(key: string, change: (now: T | undefined) => T | undefined): Promise<T | undefined> {
    for (;;) {
      const last = await lastOn(this.#link, this.#stream, this.#subject(key));
      const now = !last || last.header.has(OPERATION) ? undefined : this.#parse(key, last.string());
      const next = change(now);
      if (next === undefined) return now;
      const value = this.#check(key, next);
      try {
        await this.#write(key, JSON.stringify(value), last?.seq ?? 0);
        return value;
      } catch (error) {
        if (!isConflict(error)) throw error;
      }
    }
  }

  /** Removes a record; nothing happens if there is none. */
  async delete(key: string): Promise<void> {
    await this.#write(key, "", undefined, { [OPERATION]: "DEL" });
  }

  /** All records, by key; with `under` those whose keys begin with it and a dot. */
  async list(under?: string): Promise<Versioned<T>[]> {
    return await this.#list(under, (error) => {
      throw error;
    });
  }

  /** All records that can be read: for a bucket in which others may leave anything, and which counts for nothing where it is no record. */
  async listReadable(): Promise<Versioned<T>[]> {
    return await this.#list(undefined, () => undefined);
  }

  async #list(under: string | undefined, onUnreadable: (error: BackboneError) => void): Promise<Versioned<T>[]> {
    const found = new Map<string, Versioned<T>>();
    for await (const message of this.#messages(false, { under })) {
      const key = this.#keyOf(message.subject);
      found.delete(key);
      if (message.headers?.has(OPERATION)) continue;
      try {
        found.set(key, { key, value: this.#parse(key, message.string()), revision: message.seq });
      } catch (error) {
        if (!(error instanceof BackboneError)) throw error;
        onUnreadable(error);
      }
    }
    return [...found.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
  }

  /** Every record as it is now, then each change, until `signal` aborts. */
  async *watch(o: { signal?: AbortSignal } = {}): AsyncGenerator<RecordChange<T>, void, undefined> {
    for await (const message of this.#messages(true, o)) {
      const key = this.#keyOf(message.subject);
      const value = message.headers?.has(OPERATION) ? undefined : this.#parse(key, message.string());
      yield { key, value, revision: message.seq, time: message.time.getTime() };
    }
  }

  get #stream(): string {
    return `KV_${this.#bucket}`;
  }

  #messages(live: boolean, { under, signal }: { under?: string; signal?: AbortSignal }) {
    const subjects = [`${under === undefined ? `$KV.${this.#bucket}` : this.#subject(under)}.>`];
    return readStream(this.#link, { stream: this.#stream, subjects, from: 1, live, signal });
  }

  async #write(key: string, data: string, revision?: number, headers?: Record<string, string>): Promise<number> {
    const { seq } = await publish(this.#link, {
      stream: this.#stream,
      subject: this.#subject(key),
      data,
      messageId: randomUUID(),
      expectedLast: revision,
      headers,
    });
    return seq;
  }

  #subject(key: string): string {
    if (!/^[-/_=A-Za-z0-9]+(\.[-/_=A-Za-z0-9]+)*$/.test(key)) {
      throw new BackboneError("invalid", `"${key}" cannot be a key: use letters, digits and - _ / = . only.`);
    }
    return `$KV.${this.#bucket}.${key}`;
  }

  #keyOf(subject: string): string {
    return subject.slice(`$KV.${this.#bucket}.`.length);
  }

  #check(key: string, value: T): T {
    const checked = this.#schema.safeParse(value);
    if (checked.success) return checked.data;
    throw new BackboneError("invalid", `The value for "${key}" does not fit ${this.#bucket}: ${checked.error.message}`);
  }

  #parse(key: string, text: string): T {
    try {
      return this.#schema.parse(JSON.parse(text));
    } catch (error) {
      const message = `"${key}" in ${this.#bucket} cannot be read by this version: ${reason(error)}`;
      throw new BackboneError("invalid", message, { cause: error });
    }
  }
}

/** Marks a deletion in a KV bucket. */
const OPERATION = "KV-Operation";

function isConflict(error: unknown): boolean {
  return error instanceof BackboneError && error.code === "conflict";
}
