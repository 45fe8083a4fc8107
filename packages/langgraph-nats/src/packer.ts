import { promisify } from "node:util";
import { deflateRaw, deflateRawSync } from "node:zlib";
import { type Blobs, hashOf } from "./blobs.js";
import type { Scope } from "./subjects.js";
import type { Segment, SettledSegment, SettledValue, StoredValue } from "./values.js";

/** Values up to this size are repeated in every checkpoint, so that reading one needs no second message. */
const SMALL = 512;
/** A growing value keeps its closing brackets in a segment of their own, or its last segment would never be found again. */
const TAIL = 16;
/** More segments would mean more reads for one value. */
const MOST_SEGMENTS = 16;
/** So many neighbours of like size are left alone; one more, and they become one. */
const MOST_ALIKE = 3;
/** Up to this size, laying bytes down again costs less than reading one more message. */
const LITTLE = 2 * 1024;
/** Below this, packing gains less than it costs. */
const WORTH_PACKING = 1024;
/** Below this, waiting for a thread takes longer than packing. */
const WORTH_A_THREAD = 16 * 1024;

/** The first byte of a stored segment says how to read the rest. */
export const PLAIN = 0;
export const DEFLATED = 1;

const deflate = promisify(deflateRaw);
const FAST = { level: 1 };

/** Lays values down in the area of one message that is about to be written; what does not fit goes beside it first. */
export class Packer {
  readonly area: Uint8Array[] = [];
  #length = 0;
  #room: number;
  readonly #blobs: Blobs;
  readonly #scope: Scope;
  readonly #beside: Promise<void>[] = [];

  /** @param room bytes of the message that segments may take before they go into messages of their own */
  constructor(blobs: Blobs, scope: Scope, room: number) {
    this.#blobs = blobs;
    this.#scope = scope;
    this.#room = room;
  }

  /** Lays down a value. `prior` is what an earlier version of it was stored as: whatever of that still holds is referred to. */
  async add(type: string, bytes: Uint8Array, prior: readonly SettledSegment[] = []): Promise<StoredValue> {
    if (bytes.length <= SMALL) return { type, segments: [this.#small(bytes)] };
    const end = bytes.length - TAIL;
    const kept = stillTrue(prior, bytes.subarray(0, end));
    let start = kept.reduce((sum, { size }) => sum + size, 0);
    for (let count = mergeable(kept, end - start); count > 0; count = mergeable(kept, end - start)) {
      for (const { size } of kept.splice(-count)) start -= size;
    }
    const segments: Segment[] = [...kept];
    if (start < end) segments.push(await this.#fresh(bytes.subarray(start, end)));
    segments.push(this.#small(bytes.subarray(end)));
    return { type, segments };
  }

  /** Lays down a value that has not changed since an earlier message. */
  repeat({ type, segments }: SettledValue): StoredValue {
    return {
      type,
      segments: segments.map((segment) => (segment.in === "small" ? this.#small(segment.bytes) : segment)),
    };
  }

  /** Resolves when everything that went beside the message is stored. Only then may the message be written. */
  async stored(): Promise<void> {
    await Promise.all(this.#beside);
  }

  #small(bytes: Uint8Array): Segment {
    return { in: "small", at: this.#append(bytes), size: bytes.length };
  }

  async #fresh(bytes: Uint8Array): Promise<Segment> {
    const { length: size } = bytes;
    const hash = hashOf(bytes);
    const parts = await pack(bytes);
    const stored = parts.reduce((sum, part) => sum + part.length, 0);
    if (stored <= this.#room) {
      this.#room -= stored;
      const at = this.#length;
      for (const part of parts) this.#append(part);
      return { in: "here", at, stored, size, hash };
    }
    const place = this.#blobs.placeFor(stored);
    const storing = this.#blobs.put(this.#scope, place, hash, Buffer.concat(parts));
    // Reported by stored(); this only keeps a failure from being an unhandled one until then.
    storing.catch(() => undefined);
    this.#beside.push(storing);
    return { in: place, size, hash };
  }

  #append(bytes: Uint8Array): number {
    const at = this.#length;
    this.area.push(bytes);
    this.#length += bytes.length;
    return at;
  }
}

/** How many of the last segments are laid down again as one with `fresh` new bytes. Merging neighbours of like size, a few at a
 * time, keeps the number of segments logarithmic and lays each byte down a logarithmic number of times. */
function mergeable(segments: readonly { size: number }[], fresh: number): number {
  if (fresh === 0) return 0;
  const alike = segments.findLastIndex(({ size }) => size >= 2 * fresh);
  const count = segments.length - 1 - alike;
  if (count >= MOST_ALIKE) return count;
  const last = segments.at(-1);
  const isSmall = last !== undefined && last.size + fresh <= LITTLE;
  return isSmall || segments.length >= MOST_SEGMENTS ? 1 : 0;
}

/** The leading segments whose content the new bytes repeat. */
function stillTrue(prior: readonly SettledSegment[], bytes: Uint8Array): Exclude<SettledSegment, { in: "small" }>[] {
  const kept: Exclude<SettledSegment, { in: "small" }>[] = [];
  let start = 0;
  for (const segment of prior) {
    if (segment.in === "small" || start + segment.size > bytes.length) break;
    if (hashOf(bytes.subarray(start, start + segment.size)) !== segment.hash) break;
    kept.push(segment);
    start += segment.size;
  }
  return kept;
}

async function pack(bytes: Uint8Array): Promise<Uint8Array[]> {
  if (bytes.length >= WORTH_PACKING) {
    const deflated = bytes.length < WORTH_A_THREAD ? deflateRawSync(bytes, FAST) : await deflate(bytes, FAST);
    if (deflated.length < bytes.length * 0.9) return [Uint8Array.of(DEFLATED), deflated];
  }
  return [Uint8Array.of(PLAIN), bytes];
}
