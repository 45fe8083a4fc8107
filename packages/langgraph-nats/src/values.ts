import { z } from "zod";

/** How a serialized value is laid down: as segments, each stored once and referred to by every later checkpoint that still
 * contains it. A list of messages that has grown by one costs that one message, not the list. */

const count = z.int().nonnegative();

const segmentSchema = z.discriminatedUnion("in", [
  /** In the area of this message, at `at`, unpacked; so small that every later checkpoint repeats it. */
  z.object({ in: z.literal("small"), at: count, size: count }),
  /** In the area of this message; later checkpoints refer to it as `earlier`. */
  z.object({ in: z.literal("here"), at: count, stored: count, size: count, hash: z.string() }),
  /** In the area of the message with sequence `seq`. */
  z.object({ in: z.literal("earlier"), seq: count, at: count, stored: count, size: count, hash: z.string() }),
  /** In a message of its own, or in the object store, under its hash. */
  z.object({ in: z.enum(["blob", "object"]), size: count, hash: z.string() }),
]);

export const valueSchema = z.object({
  /** The serializer's name of the encoding. */
  type: z.string(),
  segments: z.array(segmentSchema),
});

export type Segment = z.infer<typeof segmentSchema>;
export type StoredValue = z.infer<typeof valueSchema>;

/** A segment as a later message can refer to it: small ones by their bytes, to repeat them; the rest by place. */
export type SettledSegment = Exclude<Segment, { in: "small" | "here" }> | { in: "small"; bytes: Uint8Array };

export interface SettledValue {
  type: string;
  segments: SettledSegment[];
}

/** Turns a value of the message with sequence `seq` into what later messages refer to. */
export function settle(value: StoredValue, seq: number, area: Uint8Array): SettledValue {
  return {
    type: value.type,
    segments: value.segments.map((segment): SettledSegment => {
      if (segment.in === "small") return { in: "small", bytes: area.slice(segment.at, segment.at + segment.size) };
      if (segment.in === "here") return { ...segment, in: "earlier", seq };
      return segment;
    }),
  };
}
