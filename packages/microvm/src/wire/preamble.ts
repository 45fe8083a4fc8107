import { randomBytes } from "node:crypto";

/** What a connection begins with, so that it can be found in any rubbish; see docs/protocol.md, "Connection". */
const magic = Buffer.from([0x00, 0x56, 0x57, 0x52, 0x50, 0x43, 0x0d, 0x0a]);
const nonceBytes = 8;
/** One maximal frame of zero bytes pushes any half-received frame over its end. */
const padBytes = 262_160;

export interface Preamble {
  bytes: Buffer;
  /** `magic | nonce`, as the guest must answer it. */
  answer: Buffer;
  /** The trailer of every frame of this connection, never 0. */
  tag: number;
}

/** A preamble with a fresh nonce. `pad` may be left out only where the guest is known to hunt. */
export function makePreamble(pad: boolean): Preamble {
  const nonce = randomBytes(nonceBytes);
  if (nonce.readUInt32BE(4) === 0) nonce.writeUInt32BE(1, 4);
  const answer = Buffer.concat([magic, nonce]);
  const bytes = pad ? Buffer.concat([Buffer.alloc(padBytes), answer]) : answer;
  return { bytes, answer, tag: nonce.readUInt32BE(4) };
}

/** Looks for an answer in a stream whose start may be rubbish of an older connection. */
export class PreambleFinder {
  readonly #answer: Buffer;
  #tail = Buffer.alloc(0);

  constructor(answer: Buffer) {
    this.#answer = answer;
  }

  /** The bytes after the answer, or undefined as long as it has not come. Keeps fewer bytes than an answer has. */
  push(chunk: Uint8Array): Uint8Array | undefined {
    const bytes = Buffer.concat([this.#tail, chunk]);
    const at = bytes.indexOf(this.#answer);
    if (at >= 0) return bytes.subarray(at + this.#answer.length);
    this.#tail = bytes.subarray(Math.max(0, bytes.length - this.#answer.length + 1));
    return undefined;
  }
}
