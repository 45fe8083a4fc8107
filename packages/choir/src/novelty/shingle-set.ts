/**
 * The shingles of one passage, each with how often it stands there, for comparing it with one place after the other; a table in place of a
 * Map, since it is asked thousands of times.
 */
export class ShingleSet {
  readonly #keys: Float64Array;
  readonly #counts: Uint32Array;
  /** The last comparison in which it was taken. */
  readonly #taken: Uint32Array;
  readonly #mask: number;
  #round = 0;

  constructor(shingles: readonly number[]) {
    const size = 2 ** Math.ceil(Math.log2(shingles.length * 2 + 2));
    this.#keys = new Float64Array(size).fill(-1);
    this.#counts = new Uint32Array(size);
    this.#taken = new Uint32Array(size);
    this.#mask = size - 1;
    for (const shingle of shingles) {
      const place = this.#placeOf(shingle);
      this.#keys[place] = shingle;
      this.#counts[place] = (this.#counts[place] ?? 0) + 1;
    }
  }

  /** Begins another comparison. */
  begin(): void {
    this.#round++;
  }

  /** How often it stands there: 0 for what does not, or was taken in this comparison before. */
  take(shingle: number): number {
    const place = this.#placeOf(shingle);
    if (this.#taken[place] === this.#round) return 0;
    this.#taken[place] = this.#round;
    return this.#counts[place] ?? 0;
  }

  #placeOf(shingle: number): number {
    const keys = this.#keys;
    let place = shingle & this.#mask;
    while (keys[place] !== -1 && keys[place] !== shingle) place = (place + 1) & this.#mask;
    return place;
  }
}
