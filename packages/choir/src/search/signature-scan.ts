import { grown } from "./grown.js";

/** Bits that are set in each number of 16 bits. */
const ONES = new Uint8Array(1 << 16);
for (let i = 1; i < ONES.length; i++) ONES[i] = (ONES[i >> 1] ?? 0) + (i & 1);

/**
 * All signatures of an index in one array in memory: 50,000 of 1,024 bits are 6 MiB, and are compared in three milliseconds, however many
 * neighbours are wanted. (sqlite-vec's scan takes as long for the nearest few, and twenty for the nearest four hundred.)
 */
export class SignatureScan {
  #words = new Uint32Array(0);
  #ids = new Uint32Array(0);
  #size = 0;
  #length = 0;

  /** All signatures have one length, of a multiple of four bytes. */
  add(id: number, signature: Uint8Array): void {
    const words = wordsOf(signature);
    this.#length = words.length;
    this.#words = grown(this.#words, (this.#size + 1) * words.length);
    this.#words.set(words, this.#size * words.length);
    this.#ids = grown(this.#ids, this.#size + 1);
    this.#ids[this.#size] = id;
    this.#size++;
  }

  /** The ids of the `k` allowed signatures with the fewest different bits; of equal ones those that came first. */
  nearest(signature: Uint8Array, k: number, isAllowed: (id: number) => boolean): number[] {
    const wanted = wordsOf(signature);
    const distances = new Uint16Array(this.#size);
    const counts = new Uint32Array(wanted.length * 32 + 1);
    for (let i = 0; i < this.#size; i++) {
      if (!isAllowed(this.#ids[i] ?? 0)) {
        distances[i] = NOT_ALLOWED;
        continue;
      }
      const distance = this.#distance(wanted, i * this.#length);
      distances[i] = distance;
      counts[distance] = (counts[distance] ?? 0) + 1;
    }
    let [farthest, room] = [0, k];
    while (farthest < counts.length && (counts[farthest] ?? 0) <= room) room -= counts[farthest++] ?? 0;
    const found: number[] = [];
    for (let i = 0; i < this.#size; i++) {
      const distance = distances[i] ?? NOT_ALLOWED;
      if (distance < farthest || (distance === farthest && room-- > 0)) found.push(this.#ids[i] ?? 0);
    }
    return found;
  }

  #distance(wanted: Uint32Array, start: number): number {
    const words = this.#words;
    let distance = 0;
    for (let w = 0; w < wanted.length; w++) {
      const bits = (words[start + w] ?? 0) ^ (wanted[w] ?? 0);
      distance += (ONES[bits & 0xffff] ?? 0) + (ONES[bits >>> 16] ?? 0);
    }
    return distance;
  }
}

/** More than two signatures can differ in. */
const NOT_ALLOWED = 0xffff;

/** A copy, because a slice of a larger buffer need not begin where a word may. */
function wordsOf(signature: Uint8Array): Uint32Array {
  return new Uint32Array(Uint8Array.from(signature).buffer);
}
