import { jetstream } from "@nats-io/jetstream";
import { type ObjectStore, Objm } from "@nats-io/obj";
import type { NatsConnection } from "@nats-io/transport-node";
import { hashOf, LARGEST_MESSAGE, OBJECT_CHUNK, OBJECT_MS, within } from "../blobs.js";
import { NatsSaverError } from "../errors.js";
import { persevere } from "../retry.js";
import type { Piece, Stored } from "./item.js";
import { MEMORY_BUCKET } from "./subjects.js";

/** Lays the parts of one message down: in the message while there is room, else in the object store. */
export interface Area {
  readonly parts: Uint8Array[];
  add(bytes: Uint8Array): Promise<Piece>;
}

/** The serialized values and vectors of items, each checked against its hash when it is read. */
export class Pieces {
  readonly #connection: NatsConnection;
  #objects: Promise<ObjectStore> | undefined;

  constructor(connection: NatsConnection) {
    this.#connection = connection;
  }

  /** The area of a message on this subject that is about to be written. */
  area(subject: string): Area {
    const parts: Uint8Array[] = [];
    let used = 0;
    const room = Math.min(LARGEST_MESSAGE, (this.#connection.info?.max_payload ?? LARGEST_MESSAGE) / 2);
    const add = async (bytes: Uint8Array): Promise<Piece> => {
      const hash = hashOf(bytes);
      const size = bytes.length;
      if (used + size > room) {
        await this.#store(nameOf(subject, hash), bytes);
        return { in: "object", size, hash };
      }
      const at = used;
      parts.push(bytes);
      used += size;
      return { in: "here", at, size, hash };
    };
    return { parts, add };
  }

  /** The bytes of a piece of a message.
   * @throws NatsSaverError `corrupt` when they are missing or not what they were */
  async read(piece: Piece, { subject, area, head }: Omit<Stored, "seq">): Promise<Uint8Array> {
    const what = `Item "${head.key}" in [${head.namespace.join(", ")}]`;
    const bytes =
      piece.in === "here"
        ? area.subarray(piece.at, piece.at + piece.size)
        : await this.#load(nameOf(subject, piece.hash), what);
    if (bytes.length === piece.size && hashOf(bytes) === piece.hash) return bytes;
    throw damaged(what);
  }

  /** The large pieces of these subjects, with when they were stored. */
  async *objects(under: string): AsyncGenerator<{ name: string; subject: string; hash: string; storedAt: Date }> {
    const start = `${under.slice(0, -">".length)}`;
    const found = await persevere("list the large values", async () => (await this.#bucket()).list());
    for (const { name, mtime, deleted } of found) {
      const at = name.lastIndexOf("/");
      if (deleted || !name.startsWith(start)) continue;
      yield { name, subject: name.slice(0, at), hash: name.slice(at + 1), storedAt: new Date(mtime) };
    }
  }

  async delete(name: string): Promise<void> {
    await persevere("delete a large value", async () => (await this.#bucket()).delete(name));
  }

  async #store(name: string, bytes: Uint8Array): Promise<void> {
    await persevere("store a large value", async () => {
      const objects = await this.#bucket();
      // Stored again although it may be there: a sweep counts its age from now on.
      await objects.putBlob({ name, options: { max_chunk_size: OBJECT_CHUNK } }, bytes);
    });
  }

  async #load(name: string, what: string): Promise<Uint8Array> {
    try {
      const bytes = await persevere("read a large value", async () => {
        const objects = await this.#bucket();
        return within(OBJECT_MS, objects.getBlob(name));
      });
      if (bytes !== null) return bytes;
    } catch (cause) {
      if (cause instanceof NatsSaverError) throw cause;
      throw damaged(what, cause);
    }
    throw damaged(what);
  }

  #bucket(): Promise<ObjectStore> {
    this.#objects ??= new Objm(jetstream(this.#connection)).open(MEMORY_BUCKET).catch((cause: unknown) => {
      this.#objects = undefined;
      if (cause instanceof Error && cause.message.includes("not found")) {
        const text = `The object store ${MEMORY_BUCKET} is missing: call setup() once on this server.`;
        throw new NatsSaverError("not_set_up", text, { cause });
      }
      throw cause;
    });
    return this.#objects;
  }
}

function nameOf(subject: string, hash: string): string {
  return `${subject}/${hash}`;
}

function damaged(what: string, cause?: unknown): NatsSaverError {
  const text = `${what} is damaged: its bytes are missing or do not match their hash. Write it again, or restore it from a backup.`;
  return new NatsSaverError("corrupt", text, { cause });
}
