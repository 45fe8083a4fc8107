import type Database from "better-sqlite3";
import { ArticleTable } from "../articles/article-table.js";
import { CitationTable } from "../citations/citation-table.js";
import { FactTable } from "../ledger/fact-table.js";
import { type Measured, NoveltyMeter } from "../novelty/meter.js";
import type { NoveltyRecord } from "../novelty/novelty.js";
import type { EmbedderIdentity } from "../search/embedder.js";
import type { PassageIndex } from "../search/passage-index.js";
import { readPosition, writePosition } from "./article-file.js";
import type { CitationChange, Draft, PublicationChange, RetractionChange, StoreChange } from "./change.js";

/** Applies the stream's effects to the file, each exactly once: what it changes and its position are one transaction. */
export class StoreWriter {
  readonly #db: Database.Database;
  readonly #embedder: EmbedderIdentity;
  readonly #articles: ArticleTable;
  readonly #passages: PassageIndex;
  readonly #novelty: NoveltyMeter;
  readonly #citations: CitationTable;
  readonly #facts: FactTable;
  readonly #reject: Database.Statement<[number, string, string]>;

  constructor(db: Database.Database, embedder: EmbedderIdentity, passages: PassageIndex) {
    this.#db = db;
    this.#embedder = embedder;
    this.#articles = new ArticleTable(db);
    this.#passages = passages;
    this.#novelty = new NoveltyMeter(db, this.#passages, embedder);
    this.#citations = new CitationTable(db, this.#articles);
    this.#facts = new FactTable(db);
    this.#reject = db.prepare("INSERT INTO rejected (seq, subject, reason) VALUES (?, ?, ?)");
  }

  /** Does nothing for an effect at or before the file's position. */
  apply(effect: StoreChange): void {
    this.#db.transaction(() => {
      const before = readPosition(this.#db)?.seq ?? 0;
      if (effect.seq <= before) return;
      const reason = this.#change(effect, before);
      if (reason !== undefined) this.#reject.run(effect.seq, effect.subject, reason);
      const { seq, subject, key, time } = effect;
      writePosition(this.#db, { seq, subject, key, time });
    })();
    this.#passages.catchUp();
  }

  /** What the novelty of a new article would be if it were published now. */
  assess(draft: Draft): NoveltyRecord {
    return this.#novelty.measure(this.#measured(draft, []), readPosition(this.#db)?.seq ?? 0).record;
  }

  /** Returns why the effect has no effect, if so. */
  #change(effect: StoreChange, before: number): string | undefined {
    const { seq, change } = effect;
    if (change.kind === "rejected") return change.reason;
    if (change.kind === "citation") return this.#cite(effect, change);
    if (change.kind === "retraction") return this.#retract(effect, change);
    if (change.kind === "publication") return this.#publish(effect, change, before);
    this.#articles.requireSignatures(seq);
    return undefined;
  }

  #cite(effect: StoreChange, citation: CitationChange): string | undefined {
    const refusal = this.#citations.refuses(citation);
    if (refusal !== undefined) return refusal;
    this.#citations.add(effect.seq, citation);
    this.#facts.cited(effect, citation);
    return undefined;
  }

  #publish(effect: StoreChange, change: PublicationChange, before: number): string | undefined {
    const { seq } = effect;
    const refusal = this.#articles.refusesVersion(change);
    if (refusal !== undefined) return refusal;
    const { publication, markdown, chunks } = change;
    const { id, title } = publication;
    const standing = this.#articles.find(id);
    const former = standing === undefined ? [] : this.#articles.texts(standing.seq);
    if (standing !== undefined) this.#passages.remove(id);
    // Before anything of this version is in the tables: it is measured against what was there, its own former versions left out.
    const measured = this.#measured(change, former, standing?.seq);
    const novelty = this.#novelty.measure(measured, before);
    this.#articles.add(seq, change, novelty.record, standing);
    this.#facts.published(effect, publication, novelty.record);
    this.#passages.add({
      id,
      seq,
      title,
      author: publication.authorKey ?? "",
      tags: publication.tags ?? [],
      language: publication.language,
      publishedAt: publication.createdAt,
      passages: chunks.map((chunk, number) => ({ ...chunk, vector: measured.vectorOf(number) })),
    });
    this.#novelty.remember({ article: standing?.seq ?? seq, version: seq, markdown, chunks, former }, novelty);
    return undefined;
  }

  #measured({ markdown, chunks, vectors }: Draft, former: readonly string[], article?: number): Measured {
    const { dimensions } = this.#embedder;
    const vectorOf = (chunk: number) => vectors.subarray(chunk * dimensions, (chunk + 1) * dimensions);
    return { markdown, chunks, vectorOf, former, article };
  }

  #retract(effect: StoreChange, { retraction }: RetractionChange): string | undefined {
    const { seq } = effect;
    const refusal = this.#articles.refusesRetraction(retraction);
    if (refusal !== undefined) return refusal;
    this.#passages.remove(retraction.article);
    this.#articles.retract(seq, retraction);
    this.#citations.fall(seq, retraction.article);
    this.#facts.retracted(effect, retraction.article);
    return undefined;
  }
}
