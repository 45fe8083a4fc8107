import { z } from "zod";
import { unseal } from "./envelope.js";
import { NatsSaverError } from "./errors.js";
import type { Entry } from "./journal.js";
import type { Known } from "./lines.js";
import { settle, valueSchema } from "./values.js";

/** The message headers that carry what can be known without opening a message. */
export const HEADERS = {
  checkpoint: "Vibewriter-Checkpoint",
  epoch: "Vibewriter-Epoch",
  owner: "Vibewriter-Owner",
} as const;

export const recordSchema = z.object({
  format: z.literal(1),
  thread: z.string(),
  namespace: z.string(),
  id: z.string(),
  parent: z.object({ id: z.string(), seq: z.int().positive() }).optional(),
  /** Sequence of the checkpoint before this one in the log (not the parent, where a thread forks); 0 for none. */
  previous: z.int().nonnegative(),
  /** The checkpoint without its channel values. */
  checkpoint: valueSchema,
  metadata: valueSchema,
  channels: z.array(
    z.object({ name: z.string(), version: z.union([z.number(), z.string()]).optional(), value: valueSchema }),
  ),
});

/** A stored checkpoint as the log holds it. */
export type CheckpointRecord = z.infer<typeof recordSchema>;

/** A record with where it was found. */
export interface Stored {
  record: CheckpointRecord;
  seq: number;
  epoch: number;
  area: Uint8Array;
}

/** Opens a checkpoint message.
 * @throws NatsSaverError `corrupt` when it is none */
export function openRecord(entry: Entry): Stored {
  const what = `The checkpoint at sequence ${entry.seq} of the stream`;
  const { head, area } = unseal(entry.data, what);
  const parsed = recordSchema.safeParse(head);
  if (!parsed.success) {
    const text = `${what} cannot be read: it was written by a newer version, or is damaged.`;
    throw new NatsSaverError("corrupt", text, { cause: parsed.error });
  }
  return { record: parsed.data, seq: entry.seq, epoch: epochOf(entry), area };
}

/** The epoch of the writer of a message; 0 for a writer that has none. */
export function epochOf(entry: Entry): number {
  return Number(entry.header(HEADERS.epoch) ?? 0);
}

/** What the next checkpoint needs to know of this one. */
export function knownFrom({ record, seq, area }: Pick<Stored, "record" | "seq" | "area">): Known {
  return {
    seq,
    channels: new Map(
      record.channels.map(({ name, version, value }) => [name, { version, value: settle(value, seq, area) }]),
    ),
  };
}
