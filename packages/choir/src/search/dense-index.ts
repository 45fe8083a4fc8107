import type Database from "better-sqlite3";
import { ChoirError } from "../errors.js";
import { cosine } from "./cosine.js";
import { signatureBits, signatureOf } from "./signature.js";

export interface Near {
  /** Row of the passage. */
  id: number;
  /** Cosine. */
  similarity: number;
}

/** Which passages may be found. */
interface Among {
  isAllowed?: (id: number) => boolean;
  /** Share of the allowed ones among all. */
  share?: number;
}

/** Signatures looked at for each neighbour asked for; 64 for five give 99 of 100 true neighbours. */
const CANDIDATES = 4;
const LEAST_CANDIDATES = 64;
/** The most that sqlite-vec gives. */
const MOST_CANDIDATES = 4_096;

/** The SQL of its tables, for vectors of this length. */
export function denseTables(dimensions: number): string {
  return `
    CREATE TABLE vectors (passage INTEGER PRIMARY KEY, embedding BLOB NOT NULL);
    CREATE VIRTUAL TABLE signatures USING vec0 (signature bit[${signatureBits(dimensions)}]);`;
}

/**
 * Nearest passages by cosine in two steps: sqlite-vec scans short signatures, an eighth of the bytes and a tenth of the
 * time of the vectors, and the best of them are compared exactly. Vectors of zeros have no direction: they get no
 * signature and have no neighbours.
 */
export class DenseIndex {
  readonly #statements: ReturnType<typeof prepare>;

  constructor(db: Database.Database) {
    this.#statements = prepare(db);
  }

  add(id: number, vector: Int8Array): void {
    this.#statements.addVector.run(id, Buffer.from(vector));
    if (!isZero(vector)) this.#statements.addSignature.run(BigInt(id), signatureOf(vector));
  }

  remove(id: number): void {
    this.#statements.removeVector.run(id);
    this.#statements.removeSignature.run(BigInt(id));
  }

  /** How many there are, those of passages without words among them. */
  get size(): number {
    return this.#statements.count.get()?.n ?? 0;
  }

  /**
   * The `k` nearest that are allowed, nearest first. The smaller the share of those is, the more signatures are looked at.
   * @throws ChoirError `index_corrupt`
   */
  nearest(vector: Int8Array, k: number, { isAllowed = () => true, share = 1 }: Among = {}): Near[] {
    if (isZero(vector)) return [];
    const wanted = Math.ceil(Math.max(LEAST_CANDIDATES, k * CANDIDATES) / share);
    const near = this.#statements.near
      .all(signatureOf(vector), Math.min(MOST_CANDIDATES, wanted))
      .filter(({ id }) => isAllowed(id));
    return this.closest(
      vector,
      near.map(({ id }) => id),
      k,
    );
  }

  /** The `k` nearest of these passages, nearest first; each of them is compared. @throws ChoirError `index_corrupt` */
  closest(vector: Int8Array, ids: readonly number[], k: number): Near[] {
    return ids
      .map((id) => ({ id, similarity: cosine(vector, this.vector(id)) }))
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

function isZero(vector: Int8Array): boolean {
  return vector.every((value) => value === 0);
}

function prepare(db: Database.Database) {
  return {
    addVector: db.prepare("INSERT INTO vectors (passage, embedding) VALUES (?, ?)"),
    addSignature: db.prepare("INSERT INTO signatures (rowid, signature) VALUES (?, vec_bit(?))"),
    removeVector: db.prepare("DELETE FROM vectors WHERE passage = ?"),
    removeSignature: db.prepare("DELETE FROM signatures WHERE rowid = ?"),
    count: db.prepare<[], { n: number }>("SELECT count(*) AS n FROM vectors"),
    vector: db.prepare<[number], { embedding: Buffer }>("SELECT embedding FROM vectors WHERE passage = ?"),
    near: db.prepare<[Buffer, number], { id: number }>(
      "SELECT rowid AS id FROM signatures WHERE signature MATCH vec_bit(?) AND k = ?",
    ),
  };
}
