import type Database from "better-sqlite3";
import { evenly, NEAREST, NOVELTY_FORMULA, type NoveltyRecord, type ScoredPassage, scoreNovelty } from "../novelty.js";
import { shinglesOf } from "../shingles.js";
import { isSpaceless, words } from "../words.js";
import { type EmbedderIdentity, readPosition, writePosition } from "./article-file.js";
import type { CitationChange, PublicationChange, StoreChange } from "./change.js";
import { DenseIndex } from "./dense-index.js";

/** Applies the stream's effects to the file, each exactly once: what it changes and its position are one transaction. */
export class StoreWriter {
  readonly #db: Database.Database;
  readonly #embedder: EmbedderIdentity;
  readonly #dense: DenseIndex;
  readonly #statements: ReturnType<typeof prepare>;

  constructor(db: Database.Database, embedder: EmbedderIdentity) {
    this.#db = db;
    this.#embedder = embedder;
    this.#dense = new DenseIndex(db);
    this.#statements = prepare(db);
  }

  /** Does nothing for an effect at or before the file's position. */
  apply(effect: StoreChange): void {
    this.#db.transaction(() => {
      const before = readPosition(this.#db)?.seq ?? 0;
      if (effect.seq <= before) return;
      const reason = this.#change(effect, before);
      if (reason !== undefined) this.#statements.reject.run(effect.seq, effect.subject, reason);
      const { seq, subject, key, time } = effect;
      writePosition(this.#db, { seq, subject, key, time });
    })();
  }

  /** Returns why the effect has no effect, if so. */
  #change({ seq, change }: StoreChange, before: number): string | undefined {
    if (change.kind === "rejected") return change.reason;
    return change.kind === "citation" ? this.#cite(seq, change) : this.#publish(seq, change, before);
  }

  #cite(seq: number, { citing, cited, context }: CitationChange): string | undefined {
    if (citing === cited) return `article ${citing} cites itself`;
    for (const id of [citing, cited]) {
      if (!this.#statements.exists.get(id)) return `article ${id} is unknown`;
    }
    const { changes } = this.#statements.cite.run(citing, cited, seq, context);
    return changes === 0 ? `article ${citing} has cited ${cited} before` : undefined;
  }

  #publish(seq: number, change: PublicationChange, before: number): string | undefined {
    const { publication, markdown, chunks, vectors } = change;
    if (this.#statements.exists.get(publication.id)) return `article ${publication.id} has been published before`;

    const { dimensions } = this.#embedder;
    const vectorOf = (i: number) => vectors.subarray(i * dimensions, (i + 1) * dimensions);
    // Before anything of this article is in the tables: it is measured against what was there.
    const novelty = JSON.stringify(this.#novelty(change, vectorOf, before));
    this.#statements.article.run(seq, publication.id, JSON.stringify(publication), markdown, novelty);
    for (const [number, chunk] of chunks.entries()) {
      const { lastInsertRowid } = this.#statements.passage.run({ seq, number, ...chunk, own: undefined });
      const row = BigInt(lastInsertRowid);
      const columns = [publication.title, chunk.heading, chunk.text].map(words);
      this.#statements.words.run(row, ...columns.map((column) => column.join(" ")));
      for (const word of new Set(columns.flat())) if (!isSpaceless(word)) this.#statements.vocabulary.run(word);
      this.#dense.add(Number(row), vectorOf(number));
      for (const shingle of shinglesOf(chunk.text)) this.#statements.shingle.run(shingle);
    }
    return undefined;
  }

  #novelty(change: PublicationChange, vectorOf: (i: number) => Int8Array, before: number): NoveltyRecord {
    const own = evenly(change.chunks.map((chunk, number) => ({ chunk, number })).filter(({ chunk }) => chunk.own));
    const passages: ScoredPassage[] = [];
    for (const { chunk, number } of own) {
      const shingles = shinglesOf(chunk.text);
      if (shingles.length === 0) continue;
      const seen = shingles.filter((shingle) => this.#statements.hasShingle.get(shingle) !== undefined);
      const containment = round(seen.length / shingles.length);
      passages.push({ passage: number, nearest: this.#nearest(vectorOf(number)), containment });
    }
    const corpus = { seq: before, passages: this.#statements.countPassages.get()?.n ?? 0 };
    const { model, mode } = this.#embedder;
    return { formula: NOVELTY_FORMULA, model, mode, corpus, passages, ...scoreNovelty(passages) };
  }

  #nearest(vector: Int8Array): ScoredPassage["nearest"] {
    return this.#dense.nearest(vector, NEAREST).flatMap(({ id, similarity }) => {
      const place = this.#statements.place.get(id);
      return place ? [{ ...place, similarity: round(similarity) }] : [];
    });
  }
}

function round(value: number): number {
  return Math.round(value * 1e4) / 1e4;
}

function prepare(db: Database.Database) {
  return {
    exists: db.prepare<[string]>("SELECT 1 FROM articles WHERE id = ?"),
    article: db.prepare("INSERT INTO articles (seq, id, publication, markdown, novelty) VALUES (?, ?, ?, ?, ?)"),
    passage: db.prepare(
      `INSERT INTO passages (article, number, heading, text, start, end)
       VALUES (@seq, @number, @heading, @text, @start, @end)`,
    ),
    words: db.prepare("INSERT INTO words (rowid, title, heading, body) VALUES (?, ?, ?, ?)"),
    vocabulary: db.prepare(
      "INSERT INTO vocabulary (word, passages) VALUES (?, 1) ON CONFLICT (word) DO UPDATE SET passages = passages + 1",
    ),
    shingle: db.prepare("INSERT OR IGNORE INTO shingles (hash) VALUES (?)"),
    hasShingle: db.prepare<[number]>("SELECT 1 FROM shingles WHERE hash = ?"),
    countPassages: db.prepare<[], { n: number }>("SELECT count(*) AS n FROM passages"),
    place: db.prepare<[number], { article: string; passage: number }>(
      `SELECT articles.id AS article, passages.number AS passage
       FROM passages JOIN articles ON articles.seq = passages.article WHERE passages.id = ?`,
    ),
    cite: db.prepare("INSERT OR IGNORE INTO citations (citing, cited, seq, context) VALUES (?, ?, ?, ?)"),
    reject: db.prepare("INSERT INTO rejected (seq, subject, reason) VALUES (?, ?, ?)"),
  };
}
