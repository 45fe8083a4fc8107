import { dot } from "./dot.js";

/** Bytes of vectors that are kept: 65,536 of 1,024 dimensions. Memory is taken as they come. */
const MOST = 64 * 2 ** 20;

/** Vectors that were read or written last, with their lengths, so that comparing a vector with sixty others need not read sixty rows. */
export class VectorCache {
  readonly #read: (id: number) => Int8Array;
  #vectors = new Int8Array(0);
  #lengths = new Float64Array(0);
  /** Which one stands at each place; an id has one place where it can be. */
  #ids = new Float64Array(0);
  #dimensions = 0;

  /** @param read gives a vector as the file has it; all have one length */
  constructor(read: (id: number) => Int8Array) {
    this.#read = read;
  }

  /** The cosine of a vector of the index with another one, whose length is known. */
  cosine(id: number, other: Int8Array, length: number): number {
    const place = this.#placeOf(id, other.length);
    const product = dotAt(this.#vectors, place * this.#dimensions, other);
    return product === 0 ? 0 : product / (length * (this.#lengths[place] ?? 0));
  }

  forget(id: number): void {
    if (this.#ids.length > 0) this.#ids[id % this.#ids.length] = -1;
  }

  #placeOf(id: number, dimensions: number): number {
    if (this.#dimensions !== dimensions) this.#clear(dimensions);
    const place = id % this.#ids.length;
    if (this.#ids[place] === id) return place;
    const vector = this.#read(id);
    this.#vectors.set(vector, place * dimensions);
    this.#lengths[place] = Math.sqrt(dot(vector, vector));
    this.#ids[place] = id;
    return place;
  }

  #clear(dimensions: number): void {
    const places = Math.max(1, Math.floor(MOST / dimensions));
    this.#dimensions = dimensions;
    this.#vectors = new Int8Array(places * dimensions);
    this.#lengths = new Float64Array(places);
    this.#ids = new Float64Array(places).fill(-1);
  }
}

/** The sum of the products of a vector with what stands somewhere in an array. */
function dotAt(all: Int8Array, start: number, vector: Int8Array): number {
  let sum = 0;
  for (let i = 0; i < vector.length; i++) sum = (sum + (all[start + i] ?? 0) * (vector[i] ?? 0)) | 0;
  return sum;
}
