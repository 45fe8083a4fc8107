/** Parts of a table: a part that grows is moved in moments, where all of it would hold up the thread. */
const PARTS = 64;
const FIRST = 1 << 8;
/** A table gets longer when more than three quarters of it are taken. */
const FULL = 0.75;

/**
 * Positive integers (53 bits at most), each with a number and a count up to 255: open addressing in typed arrays, 13 bytes a place, where a Map would
 * take eighty.
 */
export class HashTable {
  readonly #parts = Array.from({ length: PARTS }, () => new Part());

  /** Its count; 0 for what is not there. */
  count(key: number): number {
    return this.#partOf(key).count(key);
  }

  /** The number that it came with; undefined for what is not there. */
  numberOf(key: number): number | undefined {
    return this.#partOf(key).numberOf(key);
  }

  /** Counts one more; `number` stands with it if it is the first. */
  add(key: number, number: number): void {
    this.#partOf(key).add(key, number);
  }

  #partOf(key: number): Part {
    // The bits that tell places apart within a part are others.
    return this.#parts[(key >>> 26) % PARTS] ?? new Part();
  }
}

class Part {
  /** Zero is an empty place. */
  #keys = new Float64Array(FIRST);
  #numbers = new Uint32Array(FIRST);
  #counts = new Uint8Array(FIRST);
  #size = 0;

  count(key: number): number {
    return this.#counts[this.#placeOf(key)] ?? 0;
  }

  numberOf(key: number): number | undefined {
    const place = this.#placeOf(key);
    return this.#keys[place] === key ? this.#numbers[place] : undefined;
  }

  add(key: number, number: number): void {
    const place = this.#placeOf(key);
    this.#counts[place] = Math.min(255, (this.#counts[place] ?? 0) + 1);
    if (this.#keys[place] === key) return;
    this.#keys[place] = key;
    this.#numbers[place] = number;
    if (++this.#size > this.#keys.length * FULL) this.#grow();
  }

  #placeOf(key: number): number {
    const keys = this.#keys;
    const mask = keys.length - 1;
    // The lowest two bits of what is kept are alike.
    let place = (key >>> 2) & mask;
    while (keys[place] !== 0 && keys[place] !== key) place = (place + 1) & mask;
    return place;
  }

  #grow(): void {
    const [keys, numbers, counts] = [this.#keys, this.#numbers, this.#counts];
    this.#keys = new Float64Array(keys.length * 2);
    this.#numbers = new Uint32Array(keys.length * 2);
    this.#counts = new Uint8Array(keys.length * 2);
    for (let from = 0; from < keys.length; from++) {
      const key = keys[from] ?? 0;
      if (key === 0) continue;
      const place = this.#placeOf(key);
      this.#keys[place] = key;
      this.#numbers[place] = numbers[from] ?? 0;
      this.#counts[place] = counts[from] ?? 0;
    }
  }
}
