import type { Item } from "@langchain/langgraph-checkpoint";
import { z } from "zod";
import { unseal } from "../envelope.js";
import { NatsSaverError } from "../errors.js";
import type { Entry } from "../journal.js";

const count = z.int().nonnegative();

const pieceSchema = z.discriminatedUnion("in", [
  /** In the area of this message, at `at`. */
  z.object({ in: z.literal("here"), at: count, size: count, hash: z.string() }),
  /** In the object store, under the item's subject and the hash. */
  z.object({ in: z.literal("object"), size: count, hash: z.string() }),
]);

const headSchema = z.object({
  format: z.literal(1),
  namespace: z.array(z.string()),
  key: z.string(),
  /** Milliseconds since 1970. */
  createdAt: z.number(),
  updatedAt: z.number(),
  /** Sequence of the message with which the item began to exist; absent in that message. */
  first: count.optional(),
  /** The version that this message repeats only to let it live longer. */
  version: count.optional(),
  /** How long it lives, and until when, in milliseconds. */
  ttl: z.number().positive().optional(),
  expiresAt: z.number().optional(),
  /** Whether the server itself removes the message after that. */
  removed: z.literal("by the server").optional(),
  /** Absent in the message that deletes the item. */
  value: z.object({ type: z.string(), piece: pieceSchema }).optional(),
  /** What the value means, one vector after the other as little-endian 32-bit floats. */
  vectors: z.object({ model: z.string(), dims: count, piece: pieceSchema }).optional(),
});

export type Piece = z.infer<typeof pieceSchema>;
export type Head = z.infer<typeof headSchema>;

/** One message of an item: a version of it, or its end. */
export interface Stored {
  subject: string;
  seq: number;
  head: Head;
  area: Uint8Array;
}

/** An item, with the version that it has. */
export interface StoreItem extends Item {
  /** Names this state of the item: grows from write to write, and is never used again, not even after the item was deleted. */
  version: number;
  /** When it ends to exist, if it does. */
  expiresAt?: Date;
}

/** What is known of an item without reading its value. */
export type StoreItemInfo = Omit<StoreItem, "value"> & {
  /** Bytes of the serialized value. */
  size: number;
};

/** A version of an item, or its end: `value` is null where the item was deleted. */
export type StoreVersion = Omit<StoreItem, "value"> & { value: StoreItem["value"] | null };

/** Opens a message of an item.
 * @throws NatsSaverError `corrupt` when it is none */
export function openItem({ subject, seq, data }: Entry): Stored {
  const what = `The item at sequence ${seq} of the stream (${subject})`;
  const { head, area } = unseal(data, what);
  const parsed = headSchema.safeParse(head);
  if (!parsed.success) {
    const text = `${what} cannot be read: it was written by a newer version, or is damaged.`;
    throw new NatsSaverError("corrupt", text, { cause: parsed.error });
  }
  return { subject, seq, head: parsed.data, area };
}

export function versionOf({ head, seq }: Pick<Stored, "head" | "seq">): number {
  return head.version ?? seq;
}

/** Whether the item exists: it was not deleted, and its time is not over. */
export function isLive({ head }: Pick<Stored, "head">, now = Date.now()): boolean {
  return head.value !== undefined && !isExpired(head, now);
}

export function isExpired({ expiresAt }: Head, now = Date.now()): boolean {
  return expiresAt !== undefined && expiresAt <= now;
}

/** Everything about an item but its value. */
export function describe(stored: Pick<Stored, "head" | "seq">): StoreItemInfo {
  const { namespace, key, createdAt, updatedAt, expiresAt, value } = stored.head;
  return {
    namespace,
    key,
    createdAt: new Date(createdAt),
    updatedAt: new Date(updatedAt),
    version: versionOf(stored),
    size: value?.piece.size ?? 0,
    ...(expiresAt === undefined ? {} : { expiresAt: new Date(expiresAt) }),
  };
}
