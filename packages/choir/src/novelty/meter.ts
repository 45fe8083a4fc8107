import type Database from "better-sqlite3";
import type { EmbedderIdentity } from "../search/embedder.js";
import type { PassageIndex } from "../search/passage-index.js";
import type { Chunk } from "../text/chunk.js";
import { shinglesOf } from "../text/shingles.js";
import { evenly, NEAREST, NOVELTY_FORMULA, type NoveltyRecord, type ScoredPassage, scoreNovelty } from "./novelty.js";

/** Five-word shingles of everything that was published, each with the number of articles that have it in any version. */
export const NOVELTY_TABLES = "CREATE TABLE shingles (hash INTEGER PRIMARY KEY, articles INTEGER NOT NULL);";

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
   * @param former what the article's own former versions said: no version is measured against them
   */
  measure(
    chunks: readonly Chunk[],
    vectorOf: (chunk: number) => Int8Array,
    before: number,
    former: readonly Chunk[],
  ): NoveltyRecord {
    const mine = shinglesOfAll(former);
    const own = evenly(chunks.map((chunk, number) => ({ chunk, number })).filter(({ chunk }) => chunk.own));
    const passages: ScoredPassage[] = [];
    for (const { chunk, number } of own) {
      const shingles = shinglesOf(chunk.text);
      if (shingles.length === 0) continue;
      const seen = shingles.filter((shingle) => this.#articlesWith(shingle) > (mine.has(shingle) ? 1 : 0));
      const containment = round(seen.length / shingles.length);
      passages.push({ passage: number, nearest: this.#nearest(vectorOf(number)), containment });
    }
    const corpus = { seq: before, passages: this.#passages.size };
    const { model, mode } = this.#embedder;
    return { formula: NOVELTY_FORMULA, model, mode, corpus, passages, ...scoreNovelty(passages) };
  }

  /** Counts a published version among what has been seen, once for all versions of its article. */
  remember(chunks: readonly Chunk[], former: readonly Chunk[]): void {
    const mine = shinglesOfAll(former);
    for (const shingle of shinglesOfAll(chunks)) if (!mine.has(shingle)) this.#statements.add.run(shingle);
  }

  #articlesWith(shingle: number): number {
    return this.#statements.articles.get(shingle)?.articles ?? 0;
  }

  #nearest(vector: Int8Array): ScoredPassage["nearest"] {
    return this.#passages.nearest(vector, NEAREST).map((near) => ({ ...near, similarity: round(near.similarity) }));
  }
}

function shinglesOfAll(chunks: readonly Chunk[]): Set<number> {
  return new Set(chunks.flatMap(({ text }) => shinglesOf(text)));
}

function round(value: number): number {
  return Math.round(value * 1e4) / 1e4;
}

function prepare(db: Database.Database) {
  return {
    add: db.prepare(
      "INSERT INTO shingles (hash, articles) VALUES (?, 1) ON CONFLICT (hash) DO UPDATE SET articles = articles + 1",
    ),
    articles: db.prepare<[number], { articles: number }>("SELECT articles FROM shingles WHERE hash = ?"),
  };
}
