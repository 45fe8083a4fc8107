import { NatsSaverError } from "./errors.js";

/** A stored message: a JSON head that describes it, and an area of bytes that the head points into by offset. */
export interface Envelope {
  head: unknown;
  area: Uint8Array;
}

const LENGTH_BYTES = 4;

/** `[length of the head, 4 bytes, big endian][head as JSON][area]`. Binary, because base64 would add a third. */
export function seal(head: unknown, area: readonly Uint8Array[]): Uint8Array {
  const json = Buffer.from(JSON.stringify(head), "utf8");
  const length = Buffer.allocUnsafe(LENGTH_BYTES);
  length.writeUInt32BE(json.length);
  return Buffer.concat([length, json, ...area]);
}

/** The opposite of `seal`. The head is not checked; parse it.
 * @throws NatsSaverError `corrupt` when the bytes are no envelope */
export function unseal(bytes: Uint8Array, what: string): Envelope {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = view.length >= LENGTH_BYTES ? LENGTH_BYTES + view.readUInt32BE(0) : Number.POSITIVE_INFINITY;
  if (end > view.length) throw new NatsSaverError("corrupt", `${what} is cut short: restore it from a backup.`);
  try {
    return { head: JSON.parse(view.toString("utf8", LENGTH_BYTES, end)), area: bytes.subarray(end) };
  } catch (cause) {
    throw new NatsSaverError("corrupt", `${what} cannot be read: restore it from a backup.`, { cause });
  }
}
