import { MicroVMError } from "../errors.js";

export const frameType = {
  hello: 1,
  call: 2,
  data: 3,
  reply: 4,
  window: 5,
  cancel: 6,
  goaway: 7,
  ping: 8,
  pong: 9,
  forget: 10,
} as const;

export type FrameType = (typeof frameType)[keyof typeof frameType];

/** The channels of DATA. */
export const channel = { body: 0, stdout: 1, stderr: 2 } as const;

export interface Frame {
  type: FrameType;
  stream: number;
  /** The sender's last DATA frame on the stream; on CALL: no DATA follows. */
  end: boolean;
  channel: number;
  payload: Uint8Array;
}

export const maxPayload = 262_144;
export const maxCallPayload = 65_536;
const headerBytes = 12;
const trailerBytes = 4;
const endFlag = 1;

const connectionTypes: readonly number[] = [
  frameType.hello,
  frameType.goaway,
  frameType.ping,
  frameType.pong,
  frameType.forget,
];

/**
 * The header and trailer of a frame, to be written around `payload`, so that large payloads are not copied.
 * Throws RangeError when the caller breaks the format.
 */
export function encodeFrame(frame: Partial<Frame> & { type: FrameType }, tag: number): [Buffer, Uint8Array, Buffer] {
  const payload = frame.payload ?? new Uint8Array(0);
  if (payload.length > maxPayload) throw new RangeError(`a payload of ${payload.length} bytes does not fit a frame`);
  const header = Buffer.alloc(headerBytes);
  header.writeUInt32BE(payload.length, 0);
  header.writeUInt32BE(frame.stream ?? 0, 4);
  header.writeUInt8(frame.type, 8);
  header.writeUInt8((frame.end ? endFlag : 0) | ((frame.channel ?? 0) << 1), 9);
  const trailer = Buffer.alloc(trailerBytes);
  trailer.writeUInt32BE(tag, 0);
  return [header, payload, trailer];
}

/** Cuts a byte stream into frames. Holds at most one frame; throws MicroVMError `protocol_violation` on the first bad byte. */
export class FrameDecoder {
  readonly #tag: number;
  #chunks: Uint8Array[] = [];
  #buffered = 0;
  /** Bytes that must be there before the next step is possible. */
  #needed = headerBytes;

  constructor(tag: number) {
    this.#tag = tag;
  }

  /** Frames completed by `chunk`, in order. Payloads may share memory with `chunk`. */
  *push(chunk: Uint8Array): Generator<Frame> {
    if (chunk.length === 0) return;
    this.#chunks.push(chunk);
    this.#buffered += chunk.length;
    while (this.#buffered >= this.#needed) {
      const bytes = this.#joined();
      const header = parseHeader(bytes);
      const total = headerBytes + header.length + trailerBytes;
      if (bytes.length < total) {
        this.#needed = total;
        return;
      }
      const trailer = bytes.readUInt32BE(total - trailerBytes);
      if (trailer !== this.#tag) throw violation("a frame of another connection");
      this.#chunks = bytes.length === total ? [] : [bytes.subarray(total)];
      this.#buffered = bytes.length - total;
      this.#needed = headerBytes;
      yield { ...header.frame, payload: bytes.subarray(headerBytes, headerBytes + header.length) };
    }
  }

  #joined(): Buffer {
    const [first] = this.#chunks;
    const joined =
      this.#chunks.length === 1 && first !== undefined
        ? Buffer.from(first.buffer, first.byteOffset, first.byteLength)
        : Buffer.concat(this.#chunks, this.#buffered);
    this.#chunks = [joined];
    return joined;
  }
}

function parseHeader(bytes: Buffer): { length: number; frame: Omit<Frame, "payload"> } {
  const length = bytes.readUInt32BE(0);
  const stream = bytes.readUInt32BE(4);
  const type = bytes.readUInt8(8);
  const flags = bytes.readUInt8(9);
  if (length > maxPayload) throw violation(`a length of ${length}`);
  if (!isFrameType(type)) throw violation(`the unknown type ${type}`);
  if (bytes.readUInt16BE(10) !== 0) throw violation("reserved bytes that are not 0");
  if (flags > flagsOf(type)) throw violation(`the flags ${flags}`);
  if (connectionTypes.includes(type) !== (stream === 0)) throw violation(`type ${type} on stream ${stream}`);
  if (type === frameType.call && length > maxCallPayload) throw violation(`a call of ${length} bytes`);
  if (type === frameType.window && length !== 4) throw violation("a window that is not 4 bytes");
  if (type === frameType.cancel && length !== 0) throw violation("a cancel with a payload");
  if ((type === frameType.ping || type === frameType.pong) && length !== 8)
    throw violation("a ping that is not 8 bytes");
  return { length, frame: { type, stream, end: (flags & endFlag) !== 0, channel: flags >> 1 } };
}

/** The highest value of the flags byte: END and three channels, END alone, or nothing. */
function flagsOf(type: FrameType): number {
  if (type === frameType.data) return 0b101;
  return type === frameType.call ? endFlag : 0;
}

function isFrameType(type: number): type is FrameType {
  return type >= frameType.hello && type <= frameType.forget;
}

/** The guest broke the protocol: the connection must be closed. */
export function violation(what: string): MicroVMError {
  return new MicroVMError(
    "protocol_violation",
    `The VM broke the protocol (${what}); its connection was closed, and the next call opens a new one.`,
  );
}
