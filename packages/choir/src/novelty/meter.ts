import type Database from "better-sqlite3";
import type { EmbedderIdentity } from "../search/embedder.js";
import type { PassageIndex } from "../search/passage-index.js";
import type { Chunk } from "../text/chunk.js";
import { shinglesOf } from "../text/shingles.js";
import { evenly, NEAREST, NOVELTY_FORMULA, type NoveltyRecord, type ScoredPassage, scoreNovelty } from "./novelty.js";

/** Five-word shingles of everything that was published. */
export const NOVELTY_TABLES = "CREATE TABLE shingles (hash INTEGER PRIMARY KEY);";

/** Measures an article against all that came before it in the stream. */
export class NoveltyMeter {
  readonly #passages: Pick<PassageIndex, "nearest" | "size">;
  readonly #embedder: EmbedderIdentity;
  readonly #statements: ReturnType<typeof prepare>;

  constructor(db: Database.Database, passages: Pick<PassageIndex, "nearest" | "size">, embedder: EmbedderIdentity) {
    this.#passages = passages;
    this.#embedder = embedder;
    this.#statements = prepare(db);
  }

  /**
   * To be called before anything of the article is in the index.
   * @param before the last sequence of the stream that it is measured against
   */
  measure(chunks: readonly Chunk[], vectorOf: (chunk: number) => Int8Array, before: number): NoveltyRecord {
    const own = evenly(chunks.map((chunk, number) => ({ chunk, number })).filter(({ chunk }) => chunk.own));
    const passages: ScoredPassage[] = [];
    for (const { chunk, number } of own) {
      const shingles = shinglesOf(chunk.text);
      if (shingles.length === 0) continue;
      const seen = shingles.filter((shingle) => this.#statements.has.get(shingle) !== undefined);
      const containment = round(seen.length / shingles.length);
      passages.push({ passage: number, nearest: this.#nearest(vectorOf(number)), containment });
    }
    const corpus = { seq: before, passages: this.#passages.size };
    const { model, mode } = this.#embedder;
    return { formula: NOVELTY_FORMULA, model, mode, corpus, passages, ...scoreNovelty(passages) };
  }

  /** Counts a published article among what has been seen. */
  remember(chunks: readonly Chunk[]): void {
    for (const { text } of chunks) for (const shingle of shinglesOf(text)) this.#statements.add.run(shingle);
  }

  #nearest(vector: Int8Array): ScoredPassage["nearest"] {
    return this.#passages.nearest(vector, NEAREST).map((near) => ({ ...near, similarity: round(near.similarity) }));
  }
}

function round(value: number): number {
  return Math.round(value * 1e4) / 1e4;
}

function prepare(db: Database.Database) {
  return {
    add: db.prepare("INSERT OR IGNORE INTO shingles (hash) VALUES (?)"),
    has: db.prepare<[number]>("SELECT 1 FROM shingles WHERE hash = ?"),
  };
}
