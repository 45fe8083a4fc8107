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
/** A piece that is there already is stored once more if it is older than this, because one that nothing refers to may be about to be
 * swept away. Well below the grace period of `sweep`. */
const FRESH_MS = 60 * 60 * 1000;

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
    if (place === "blob") return this.#append(scope.blob(hash), bytes);
    // The note comes first: an object that no note speaks of would outlive its thread.
    await this.#append(scope.objectNote(hash), new Uint8Array());
    await this.#store(scope.objectName(hash), bytes);
  }

  /** The bytes of a piece, or `undefined` if it is not there. One that was in an earlier message may be in either place. */
  async find(
    scope: Scope,
    piece: { in: "blob" | "object" | "earlier"; hash: string },
  ): Promise<Uint8Array | undefined> {
    const blob = piece.in === "object" ? undefined : (await this.#journal.last(scope.blob(piece.hash)))?.data;
    if (blob !== undefined || piece.in === "blob") return blob;
    return this.#object(scope.objectName(piece.hash));
  }

  /** Removes the pieces of a namespace that are older than `before` and that `isNeeded` does not ask for; returns how many. What is
   * stored once more in the meantime stays. */
  async sweep(scope: Scope, before: Date, isNeeded: (hash: string) => boolean): Promise<number> {
    let swept = 0;
    for (const subject of await this.#journal.subjects(scope.allBlobs)) {
      if (isNeeded(hashIn(subject))) continue;
      const blob = await this.#journal.last(subject);
      if (blob === undefined || blob.time > before) continue;
      await this.#journal.purge(subject, { before: blob.seq + 1 });
      swept += 1;
    }
    for (const subject of await this.#journal.subjects(scope.allObjectNotes)) {
      if (isNeeded(hashIn(subject))) continue;
      const note = await this.#journal.last(subject);
      if (note === undefined || note.time > before) continue;
      if (await this.#sweepObject(subject, note.seq)) swept += 1;
    }
    return swept;
  }

  /** The object goes before its note: interrupted in between, the next sweep finds the note. */
  async #sweepObject(noteSubject: string, note: number): Promise<boolean> {
    const name = notedObject(noteSubject);
    const bytes = await this.#object(name);
    await persevere("delete a large value", async () => (await this.#bucket()).delete(name));
    // Somebody who stores the same piece writes a note first, and may have found the object before it was deleted.
    const newest = await this.#journal.last(noteSubject);
    const isWanted = newest !== undefined && newest.seq > note;
    if (isWanted && bytes !== undefined) await this.#store(name, bytes);
    await this.#journal.purge(noteSubject, { before: note + 1 });
    return !isWanted;
  }

  async #append(subject: string, bytes: Uint8Array): Promise<void> {
    if ((await this.#journal.append(subject, bytes, { expected: 0 })) !== undefined) return;
    // The same content is there already.
    const present = await this.#journal.last(subject);
    if (present !== undefined && Date.now() - present.time.getTime() < FRESH_MS) return;
    await this.#journal.append(subject, bytes, { expected: present?.seq ?? 0 });
  }

  async #object(name: string): Promise<Uint8Array | undefined> {
    return persevere("read a large value", async () => {
      const objects = await this.#bucket();
      return (await within(OBJECT_MS, objects.getBlob(name))) ?? undefined;
    });
  }

  async #store(name: string, bytes: Uint8Array): Promise<void> {
    await persevere("store a large value", async () => {
      const objects = await this.#bucket();
      const present = await objects.info(name);
      if (present !== null && !present.deleted) return;
      await objects.putBlob({ name, options: { max_chunk_size: OBJECT_CHUNK } }, bytes);
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

/** The last token of the subject of a piece. */
function hashIn(subject: string): string {
  return subject.slice(subject.lastIndexOf(".") + 1);
}

/** 128 bits of SHA-256: short enough to refer by, long enough never to collide. */
export function hashOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest().subarray(0, 16).toString("base64url");
}
