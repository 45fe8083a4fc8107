import { promisify } from "node:util";
import { inflateRaw, inflateRawSync } from "node:zlib";
import { type Blobs, hashOf } from "./blobs.js";
import { unseal } from "./envelope.js";
import { NatsSaverError } from "./errors.js";
import type { Journal } from "./journal.js";
import { DEFLATED } from "./packer.js";
import type { Scope } from "./subjects.js";
import type { Segment, SettledSegment } from "./values.js";

/** Below this, waiting for a thread takes longer than unpacking. */
const WORTH_A_THREAD = 128 * 1024;

const inflate = promisify(inflateRaw);

/** Puts values together again from their segments. Made for one read: each message that several values need is fetched once. */
export class Unpacker {
  readonly #areas = new Map<number, Promise<Uint8Array | undefined>>();

  constructor(
    readonly journal: Journal,
    readonly blobs: Blobs,
    readonly scope: Scope,
  ) {}

  /** The bytes of a value of a message with this area.
   * @throws NatsSaverError `corrupt` when a segment is missing or not what it was */
  async bytes(segments: readonly (Segment | SettledSegment)[], area: Uint8Array, what: string): Promise<Uint8Array> {
    const parts = await Promise.all(segments.map((segment) => this.#segment(segment, area, what)));
    const whole = parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts);
    // A serializer may hand these bytes out as a value, which must not turn into a Buffer on the way.
    return new Uint8Array(whole.buffer, whole.byteOffset, whole.byteLength);
  }

  async #segment(segment: Segment | SettledSegment, area: Uint8Array, what: string): Promise<Uint8Array> {
    if (segment.in === "small") {
      return "bytes" in segment ? segment.bytes : area.subarray(segment.at, segment.at + segment.size);
    }
    const stored = await this.stored(segment, area, what);
    const bytes = await openPiece(stored, segment.hash);
    if (bytes === undefined) {
      throw new NatsSaverError(
        "corrupt",
        `${what} is damaged: a part does not match its hash. Restore it from a backup.`,
      );
    }
    return bytes;
  }

  /** A piece as it is stored, in a message with this area, in an earlier one or in a place of its own. It is not checked.
   * @throws NatsSaverError `corrupt` when it is missing */
  async stored(segment: Exclude<Segment, { in: "small" }>, area: Uint8Array, what: string): Promise<Uint8Array> {
    if (segment.in === "here") return area.subarray(segment.at, segment.at + segment.stored);
    if (segment.in === "earlier") {
      const earlier = await this.#area(segment.seq, what);
      if (earlier !== undefined) return earlier.subarray(segment.at, segment.at + segment.stored);
    }
    const found = await this.blobs.find(this.scope, segment);
    if (found === undefined) {
      throw new NatsSaverError("corrupt", `${what} is damaged: a part of it is missing. Restore it from a backup.`);
    }
    return found;
  }

  /** The area of an earlier message; `undefined` when it was pruned: what is still needed of it has then a place of its own. */
  #area(seq: number, what: string): Promise<Uint8Array | undefined> {
    const known = this.#areas.get(seq);
    if (known !== undefined) return known;
    const area = this.journal.at(seq).then((entry) => entry && unseal(entry.data, what).area);
    this.#areas.set(seq, area);
    return area;
  }
}

/** The content of a stored piece, or `undefined` if that is not what it was. */
export async function openPiece(stored: Uint8Array, hash: string): Promise<Uint8Array | undefined> {
  const bytes = stored[0] === DEFLATED ? await unpack(stored.subarray(1)) : stored.subarray(1);
  return bytes !== undefined && hashOf(bytes) === hash ? bytes : undefined;
}

async function unpack(deflated: Uint8Array): Promise<Uint8Array | undefined> {
  try {
    return deflated.length < WORTH_A_THREAD ? inflateRawSync(deflated) : await inflate(deflated);
  } catch {
    // Not what was packed once: damaged, which the caller says.
    return undefined;
  }
}
