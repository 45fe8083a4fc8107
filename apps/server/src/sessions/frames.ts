import { ServerError } from "../errors.js";

/** What a frame of a session carries; see "Sessions" in the README. The client sends the first five, the server the others. */
export const frameType = {
  start: 1,
  input: 2,
  end: 3,
  resize: 4,
  signal: 5,
  started: 16,
  stdout: 17,
  stderr: 18,
  window: 19,
  done: 20,
  failed: 21,
} as const;
export type FrameType = (typeof frameType)[keyof typeof frameType];

export interface Frame {
  readonly type: number;
  readonly payload: Buffer;
}

/** The name in the `Upgrade` header of a session. */
export const SESSION_PROTOCOL = "vibewriter-session";
/** Bytes of input that the client may send before the server has said that it used some. */
export const INPUT_WINDOW = 262_144;
/** Bytes of output or input in one frame that a sender makes. */
export const CHUNK = 65_536;
/** A frame that says to be longer ends the session. */
const LONGEST_PAYLOAD = 262_144;
const HEADER = 5;

/** `length u32 | type u8 | payload`, big-endian. */
export function encodeFrame(type: FrameType, payload: Uint8Array = new Uint8Array()): Buffer {
  const header = Buffer.alloc(HEADER);
  header.writeUInt32BE(payload.length, 0);
  header.writeUInt8(type, 4);
  return Buffer.concat([header, payload]);
}

/** A frame whose payload is JSON. */
export function encodeJson(type: FrameType, value: unknown): Buffer {
  return encodeFrame(type, Buffer.from(JSON.stringify(value)));
}

/** Frames of bytes of any length, each of at most CHUNK. */
export function* encodeBytes(type: FrameType, bytes: Uint8Array): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += CHUNK) yield encodeFrame(type, bytes.subarray(at, at + CHUNK));
}

/** The value in a frame's payload; undefined if it is not JSON. What it must look like is the reader's to say. */
export function jsonOf(frame: Frame): unknown {
  try {
    return JSON.parse(frame.payload.toString("utf8"));
  } catch {
    return undefined;
  }
}

/** The frames of a stream of bytes. Throws ServerError bad_request for one that is too long, before it is read. */
export async function* decodeFrames(chunks: AsyncIterable<Buffer>): AsyncGenerator<Frame> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    while (rest.length >= HEADER) {
      const length = rest.readUInt32BE(0);
      if (length > LONGEST_PAYLOAD) throw new ServerError("bad_request", `A frame of ${length} bytes is too long.`);
      if (rest.length < HEADER + length) break;
      yield { type: rest.readUInt8(4), payload: rest.subarray(HEADER, HEADER + length) };
      rest = rest.subarray(HEADER + length);
    }
  }
}
