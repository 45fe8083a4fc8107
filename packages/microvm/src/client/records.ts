import { violation } from "../wire/frame.js";
import type { ByteQueue } from "./byte-queue.js";

const lengthBytes = 4;

/**
 * The next record of `u32 length, payload`; undefined at the end. Throws MicroVMError `protocol_violation` for one of more
 * than `most` bytes and for one cut short, and the error that the queue ended with.
 */
export async function nextRecord(queue: ByteQueue, most: number): Promise<Uint8Array | undefined> {
  const head = await queue.exactly(lengthBytes);
  if (head.length === 0) return undefined;
  if (head.length < lengthBytes) throw violation("a record cut short");
  const length = Buffer.from(head).readUInt32BE(0);
  if (length > most) throw violation(`a record of ${length} bytes`);
  const payload = await queue.exactly(length);
  if (payload.length < length) throw violation("a record cut short");
  return payload;
}
