import type Database from "better-sqlite3";
import { ChoirError } from "../errors.js";
import { dot } from "./dot.js";
import { signatureOf } from "./signature.js";
import { SignatureScan } from "./signature-scan.js";
import { VectorCache } from "./vector-cache.js";

export interface Near {
  /** Row of the passage. */
  id: number;
  /** Cosine. */
  similarity: number;
}

type Test = (id: number) => boolean;

/** Signatures looked at for each neighbour asked for; 64 for five give 99 of 100 true neighbours. */
const CANDIDATES = 3;
const LEAST_CANDIDATES = 64;

/** A passage without words has no signature. Vectors are by themselves, because what is read at the start need not pass them by. */
export const DENSE_TABLES = `
  CREATE TABLE vectors (passage INTEGER PRIMARY KEY, embedding BLOB NOT NULL);
  CREATE TABLE signatures (passage INTEGER PRIMARY KEY, signature BLOB NOT NULL);`;

/**
 * Nearest passages by cosine in two steps: all signatures, an eighth of the bytes of the vectors, are compared in memory, and the best of
 * them exactly. Vectors of zeros have no direction: they have no signature and no neighbours.
 */
export class DenseIndex {
  readonly #statements: ReturnType<typeof prepare>;
  readonly #signatures = new SignatureScan();
  readonly #cache = new VectorCache((id) => this.vector(id));
  #last = 0;

  constructor(db: Database.Database) {
    this.#statements = prepare(db);
  }

  add(id: number, vector: Int8Array): void {
    this.#statements.addVector.run(id, Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength));
    if (dot(vector, vector) > 0) this.#statements.addSignature.run(id, signatureOf(vector));
  }

  remove(id: number): void {
    this.#statements.removeVector.run(id);
    this.#cache.forget(id);
    this.#statements.removeSignature.run(id);
  }

  /** Takes in what the file has more than the memory. */
  catchUp(): void {
    for (const { id, signature } of this.#statements.after.iterate(this.#last)) {
      this.#signatures.add(id, signature);
      this.#last = id;
    }
  }

  /** How many there are, those of passages without words among them. */
  get size(): number {
    return this.#statements.count.get()?.n ?? 0;
  }

  /**
   * The `k` nearest that are allowed, nearest first; those that are left out are looked at first and take the place of others.
   * @throws ChoirError `index_corrupt`
   */
  nearest(vector: Int8Array, k: number, isAllowed: Test, isLeftOut?: Test): Near[] {
    if (dot(vector, vector) === 0) return [];
    const wanted = Math.max(LEAST_CANDIDATES, k * CANDIDATES);
    const candidates = this.#signatures.nearest(signatureOf(vector), wanted, isAllowed);
    return this.closest(vector, isLeftOut ? candidates.filter((id) => !isLeftOut(id)) : candidates, k);
  }

  /** The `k` nearest of these passages, nearest first; each of them is compared. @throws ChoirError `index_corrupt` */
  closest(vector: Int8Array, ids: readonly number[], k: number): Near[] {
    const length = Math.sqrt(dot(vector, vector));
    return ids
      .map((id) => ({ id, similarity: this.#cache.cosine(id, vector, length) }))
      .sort((a, b) => b.similarity - a.similarity || a.id - b.id)
      .slice(0, k);
  }

  /** The vector of a passage, all zeros for one without words. @throws ChoirError `index_corrupt` if it is not there */
  vector(id: number): Int8Array {
    const embedding = this.#statements.vector.get(id)?.embedding;
    if (embedding) return new Int8Array(embedding.buffer, embedding.byteOffset, embedding.byteLength);
    throw new ChoirError(
      "index_corrupt",
      `The knowledge base's file has lost the vector of passage ${id}: rebuild it.`,
    );
  }
}

function prepare(db: Database.Database) {
  return {
    addVector: db.prepare("INSERT INTO vectors (passage, embedding) VALUES (?, ?)"),
    addSignature: db.prepare("INSERT INTO signatures (passage, signature) VALUES (?, ?)"),
    removeVector: db.prepare("DELETE FROM vectors WHERE passage = ?"),
    removeSignature: db.prepare("DELETE FROM signatures WHERE passage = ?"),
    count: db.prepare<[], { n: number }>("SELECT count(*) AS n FROM vectors"),
    vector: db.prepare<[number], { embedding: Buffer }>("SELECT embedding FROM vectors WHERE passage = ?"),
    after: db.prepare<[number], { id: number; signature: Buffer }>(
      "SELECT passage AS id, signature FROM signatures WHERE passage > ? ORDER BY passage",
    ),
  };
}
