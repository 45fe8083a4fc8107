import { createHash, type Hash } from "node:crypto";
import { z } from "zod";
import { seal, unseal } from "./envelope.js";
import { NatsSaverError } from "./errors.js";
import { recordSchema } from "./record.js";
import { valueSchema } from "./values.js";

/** A thread in one file, which needs nothing else to be read:
 *
 * - `langgraph-nats thread 1` and a line feed;
 * - frames: the length of an envelope (4 bytes, big endian), then the envelope (see `envelope.ts`), whose head says of which kind it is.
 *   First `thread`, last `end`. In between, checkpoints of all namespaces in the order in which they were stored, each followed by what
 *   tasks wrote on top of it, and before each the pieces of values that no frame before had.
 * - `end` holds the SHA-256 of all bytes before it.
 *
 * Segments of values are `small`, or they name a piece by its hash, as `blob`; a piece's area is what the stream holds of it. */
export const MAGIC = Buffer.from("langgraph-nats thread 1\n");

const frameSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("thread"), thread: z.string(), exportedAt: z.string() }),
  z.object({ kind: z.literal("piece"), hash: z.string() }),
  z.object({ kind: z.literal("checkpoint"), record: recordSchema }),
  z.object({
    kind: z.literal("writes"),
    namespace: z.string(),
    checkpoint: z.string(),
    task: z.string(),
    writes: z.array(z.object({ index: z.int(), channel: z.string(), path: z.string(), value: valueSchema })),
  }),
  z.object({ kind: z.literal("end"), checkpoints: z.int().nonnegative(), sha256: z.string() }),
]);

export type FrameHead = z.infer<typeof frameSchema>;

export interface Frame {
  head: FrameHead;
  area: Uint8Array;
  /** Where the frame begins in the file. */
  at: number;
}

const LENGTH_BYTES = 4;

/** Writes a file: gives the bytes of each part, and counts them in. */
export class ThreadFileWriter {
  readonly #hash: Hash = createHash("sha256");

  begin(): Uint8Array {
    this.#hash.update(MAGIC);
    return MAGIC;
  }

  frame(head: FrameHead, area: readonly Uint8Array[] = []): Uint8Array {
    const body = seal(head, area);
    const length = Buffer.alloc(LENGTH_BYTES);
    length.writeUInt32BE(body.length);
    const bytes = Buffer.concat([length, body]);
    this.#hash.update(bytes);
    return bytes;
  }

  end(checkpoints: number): Uint8Array {
    return this.frame({ kind: "end", checkpoints, sha256: this.#hash.copy().digest("hex") });
  }
}

/** Reads a range of the file's bytes; shorter where the file ends. */
export type ReadAt = (at: number, length: number) => Promise<Uint8Array>;

/** The frames of a file, checked against its hash by the time the last one is given.
 * @throws NatsSaverError `corrupt` when the file is damaged, is cut short or is none */
export async function* readFrames(readAt: ReadAt): AsyncGenerator<Frame> {
  const hash = createHash("sha256");
  const magic = await readAt(0, MAGIC.length);
  if (!MAGIC.equals(magic)) throw damaged("it does not begin as the file of a thread does");
  hash.update(magic);
  for (let at = MAGIC.length; ; ) {
    const length = Buffer.from(await readAt(at, LENGTH_BYTES));
    if (length.length < LENGTH_BYTES) throw damaged("it is cut short");
    const size = length.readUInt32BE(0);
    const body = await readAt(at + LENGTH_BYTES, size);
    if (body.length < size) throw damaged("it is cut short");
    const frame = openFrame(body, at);
    yield frame;
    at += LENGTH_BYTES + size;
    if (frame.head.kind === "end") {
      if (frame.head.sha256 !== hash.digest("hex")) throw damaged("its bytes do not match their hash");
      if ((await readAt(at, 1)).length > 0) throw damaged("something follows after its end");
      return;
    }
    hash.update(length).update(body);
  }
}

/** The frame that begins at a place that `readFrames` gave. */
export async function frameAt(readAt: ReadAt, at: number): Promise<Frame> {
  const length = Buffer.from(await readAt(at, LENGTH_BYTES));
  return openFrame(await readAt(at + LENGTH_BYTES, length.readUInt32BE(0)), at);
}

function openFrame(body: Uint8Array, at: number): Frame {
  const { head, area } = unseal(body, `The file of a thread, at byte ${at},`);
  const parsed = frameSchema.safeParse(head);
  if (!parsed.success) throw damaged(`what stands at byte ${at} cannot be read`, parsed.error);
  return { head: parsed.data, area, at };
}

export function damaged(why: string, cause?: unknown): NatsSaverError {
  const text = `The file of a thread cannot be imported: ${why}. Nothing was stored. Export the thread again.`;
  return new NatsSaverError("corrupt", text, cause === undefined ? {} : { cause });
}
