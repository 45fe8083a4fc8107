import { createHash } from "node:crypto";
import { jetstream } from "@nats-io/jetstream";
import { type ObjectStore, Objm, setSha256Backend } from "@nats-io/obj";
import { type NatsConnection, TimeoutError } from "@nats-io/transport-node";
import { NatsSaverError } from "./errors.js";
import type { Journal } from "./journal.js";
import { persevere } from "./retry.js";
import { BUCKET, notedObject, objectNotes, type Scope } from "./subjects.js";

/** Pieces above this many bytes go into the object store: a message should stay well below the server's max_payload. */
export const LARGEST_MESSAGE = 256 * 1024;
export const OBJECT_CHUNK = 512 * 1024;
export const OBJECT_MS = 10_000;

// The client's own SHA-256 is written in JavaScript and six times slower; the digests are the same.
setSha256Backend("native");

/** Pieces of values, stored under the hash of their content, so that storing one twice stores it once. */
export class Blobs {
  readonly #journal: Journal;
  readonly #connection: NatsConnection;
  #objects: Promise<ObjectStore> | undefined;

  constructor(journal: Journal, connection: NatsConnection) {
    this.#journal = journal;
    this.#connection = connection;
  }

  /** Where a piece of `size` bytes belongs. */
  placeFor(size: number): "blob" | "object" {
    return size > Math.min(LARGEST_MESSAGE, this.#journal.largestMessage / 2) ? "object" : "blob";
  }

  /** Stores a piece. Returns when it is safe. */
  async put(scope: Scope, place: "blob" | "object", hash: string, bytes: Uint8Array): Promise<void> {
    if (place === "blob") {
      // A refusal means that the same content is there already.
      await this.#journal.append(scope.blob(hash), bytes, { expected: 0 });
      return;
    }
    // The note comes first: an object that no note speaks of would outlive its thread.
    await this.#journal.append(scope.objectNote(hash), new Uint8Array(), { expected: 0 });
    const name = scope.objectName(hash);
    await persevere("store a large value", async () => {
      const objects = await this.#bucket();
      const present = await objects.info(name);
      if (present !== null && !present.deleted) return;
      await objects.putBlob({ name, options: { max_chunk_size: OBJECT_CHUNK } }, bytes);
    });
  }

  /** The bytes of a piece, or `undefined` if it is not there. */
  async get(scope: Scope, place: "blob" | "object", hash: string): Promise<Uint8Array | undefined> {
    if (place === "blob") return (await this.#journal.last(scope.blob(hash)))?.data;
    return persevere("read a large value", async () => {
      const objects = await this.#bucket();
      return (await within(OBJECT_MS, objects.getBlob(scope.objectName(hash)))) ?? undefined;
    });
  }

  /** Deletes the large pieces of a thread. Its messages are the caller's to purge, afterwards. */
  async deleteObjects(agent: string, thread: string): Promise<void> {
    for (const note of await this.#journal.lastOfEach(objectNotes(agent, thread))) {
      await persevere("delete a large value", async () => (await this.#bucket()).delete(notedObject(note.subject)));
    }
  }

  #bucket(): Promise<ObjectStore> {
    this.#objects ??= new Objm(jetstream(this.#connection)).open(BUCKET).catch((cause: unknown) => {
      this.#objects = undefined;
      if (cause instanceof Error && cause.message.includes("not found")) {
        const text = `The object store ${BUCKET} is missing: call setup() once on this server.`;
        throw new NatsSaverError("not_set_up", text, { cause });
      }
      throw cause;
    });
    return this.#objects;
  }
}

/** Fails when the answer is late: the client would wait for ever if the server died in the middle of an object. */
export async function within<T>(milliseconds: number, answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new TimeoutError()), milliseconds);
  });
  return Promise.race([answer, late]).finally(() => clearTimeout(timer));
}

/** 128 bits of SHA-256: short enough to refer by, long enough never to collide. */
export function hashOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest().subarray(0, 16).toString("base64url");
}
