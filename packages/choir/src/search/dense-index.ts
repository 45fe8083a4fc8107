import type Database from "better-sqlite3";
import { signatureBits, signatureOf } from "./signature.js";

export interface Near {
  /** Row of the passage. */
  id: number;
  /** Cosine. */
  similarity: number;
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
 * time of the vectors, and the best of them are compared exactly. Vectors of zeros have no direction: they are not kept
 * and have no neighbours.
 */
export class DenseIndex {
  readonly #statements: ReturnType<typeof prepare>;

  constructor(db: Database.Database) {
    this.#statements = prepare(db);
  }

  add(id: number, vector: Int8Array): void {
    if (norm(vector) === 0) return;
    this.#statements.addVector.run(id, Buffer.from(vector));
    this.#statements.addSignature.run(BigInt(id), signatureOf(vector));
  }

  remove(id: number): void {
    this.#statements.removeVector.run(id);
    this.#statements.removeSignature.run(BigInt(id));
  }

  /** The `k` nearest, nearest first. */
  nearest(vector: Int8Array, k: number): Near[] {
    if (norm(vector) === 0) return [];
    const candidates = Math.min(MOST_CANDIDATES, Math.max(LEAST_CANDIDATES, k * CANDIDATES));
    return this.#statements.near
      .all(signatureOf(vector), candidates)
      .map(({ id }) => ({ id, similarity: this.similarity(id, vector) }))
      .sort((a, b) => b.similarity - a.similarity || a.id - b.id)
      .slice(0, k);
  }

  /** The cosine of a passage and a vector; 0 for a passage without words. */
  similarity(id: number, vector: Int8Array): number {
    const row = this.#statements.vector.get(id);
    if (!row) return 0;
    const other = new Int8Array(row.embedding.buffer, row.embedding.byteOffset, row.embedding.byteLength);
    const lengths = norm(vector) * norm(other);
    return lengths === 0 ? 0 : dot(vector, other) / lengths;
  }
}

function norm(vector: Int8Array): number {
  return Math.sqrt(dot(vector, vector));
}

function dot(a: Int8Array, b: Int8Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] ?? 0) * (b[i] ?? 0);
  return sum;
}

function prepare(db: Database.Database) {
  return {
    addVector: db.prepare("INSERT INTO vectors (passage, embedding) VALUES (?, ?)"),
    addSignature: db.prepare("INSERT INTO signatures (rowid, signature) VALUES (?, vec_bit(?))"),
    removeVector: db.prepare("DELETE FROM vectors WHERE passage = ?"),
    removeSignature: db.prepare("DELETE FROM signatures WHERE rowid = ?"),
    vector: db.prepare<[number], { embedding: Buffer }>("SELECT embedding FROM vectors WHERE passage = ?"),
    near: db.prepare<[Buffer, number], { id: number }>(
      "SELECT rowid AS id FROM signatures WHERE signature MATCH vec_bit(?) AND k = ?",
    ),
  };
}
