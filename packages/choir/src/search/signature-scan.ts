import { grown } from "./grown.js";
import { hamming, PAGE } from "./hamming.js";

/**
 * All signatures of an index in one memory: 50,000 of 1,024 bits are 6 MiB, and are compared in a millisecond, however many
 * neighbours are wanted. (sqlite-vec's scan takes four for the nearest few, and twenty for the nearest four hundred.)
 */
export class SignatureScan {
  readonly #module = hamming();
  #ids = new Uint32Array(0);
  #size = 0;
  /** Signatures there is room for. In the memory stand the one that is asked for, all of them, and their distances. */
  #room = 0;
  /** Bytes of a signature. */
  #length = 0;

  /** All signatures have one length, of a multiple of 32 bytes. */
  add(id: number, signature: Uint8Array): void {
    this.#length = signature.length;
    if (this.#size === this.#room) this.#grow();
    new Uint8Array(this.#module.memory.buffer).set(signature, this.#at(this.#size));
    this.#ids = grown(this.#ids, this.#size + 1);
    this.#ids[this.#size] = id;
    this.#size++;
  }

  /** The ids of the `k` allowed signatures with the fewest different bits; of equal ones those that came first. */
  nearest(signature: Uint8Array, k: number, isAllowed: (id: number) => boolean): number[] {
    if (this.#size === 0) return [];
    const distances = this.#distances(signature);
    // Mostly nearly all are allowed: then few have to be asked about.
    const some = this.#nearestWithin(distances, within(distances, k * 2, this.#length * 8), k, isAllowed);
    return some.length >= k ? some : this.#nearestWithin(distances, FARTHEST, k, isAllowed);
  }

  /** Of those up to a distance. */
  #nearestWithin(distances: Uint16Array, most: number, k: number, isAllowed: (id: number) => boolean): number[] {
    const counts = new Uint32Array(this.#length * 8 + 1);
    const allowed: number[] = [];
    for (let i = 0; i < distances.length; i++) {
      const distance = distances[i] ?? FARTHEST;
      if (distance > most || !isAllowed(this.#ids[i] ?? 0)) continue;
      counts[distance] = (counts[distance] ?? 0) + 1;
      allowed.push(i);
    }
    let [farthest, room] = [0, k];
    while (farthest < counts.length && (counts[farthest] ?? 0) <= room) room -= counts[farthest++] ?? 0;
    const found: number[] = [];
    for (const i of allowed) {
      const distance = distances[i] ?? FARTHEST;
      if (distance < farthest || (distance === farthest && room-- > 0)) found.push(this.#ids[i] ?? 0);
    }
    return found;
  }

  /** Of all of them, in their order; good until something else is asked for. */
  #distances(signature: Uint8Array): Uint16Array {
    const { memory, distances } = this.#module;
    new Uint8Array(memory.buffer).set(signature);
    const out = this.#at(this.#room);
    distances(0, this.#at(0), this.#size, this.#length, out);
    return new Uint16Array(memory.buffer, out, this.#size);
  }

  /** Doubles the room; the distances behind it need not be kept. */
  #grow(): void {
    const { memory } = this.#module;
    this.#room = Math.max(64, this.#room * 2);
    const bytes = this.#at(this.#room) + this.#room * 2;
    if (bytes > memory.buffer.byteLength) memory.grow(Math.ceil((bytes - memory.buffer.byteLength) / PAGE));
  }

  #at(place: number): number {
    return (1 + place) * this.#length;
  }
}

/** More than two signatures can differ in. */
const FARTHEST = 0xffff;

/** The distance up to which there are at least so many, if there are as many at all. */
function within(distances: Uint16Array, wanted: number, bits: number): number {
  const counts = new Uint32Array(bits + 1);
  for (let i = 0; i < distances.length; i++) {
    const distance = distances[i] ?? 0;
    counts[distance] = (counts[distance] ?? 0) + 1;
  }
  let left = wanted;
  for (const [distance, count] of counts.entries()) {
    left -= count;
    if (left <= 0) return distance;
  }
  return bits;
}
