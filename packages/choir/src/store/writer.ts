import type Database from "better-sqlite3";
import { ArticleTable } from "../articles/article-table.js";
import { CitationTable } from "../citations/citation-table.js";
import { NoveltyMeter } from "../novelty/meter.js";
import type { EmbedderIdentity } from "../search/embedder.js";
import { PassageIndex } from "../search/passage-index.js";
import { readPosition, writePosition } from "./article-file.js";
import type { CitationChange, PublicationChange, StoreChange } from "./change.js";

/** Applies the stream's effects to the file, each exactly once: what it changes and its position are one transaction. */
export class StoreWriter {
  readonly #db: Database.Database;
  readonly #embedder: EmbedderIdentity;
  readonly #articles: ArticleTable;
  readonly #passages: PassageIndex;
  readonly #novelty: NoveltyMeter;
  readonly #citations: CitationTable;
  readonly #reject: Database.Statement<[number, string, string]>;

  constructor(db: Database.Database, embedder: EmbedderIdentity) {
    this.#db = db;
    this.#embedder = embedder;
    this.#articles = new ArticleTable(db);
    this.#passages = new PassageIndex(db);
    this.#novelty = new NoveltyMeter(db, this.#passages, embedder);
    this.#citations = new CitationTable(db);
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
  }

  /** Returns why the effect has no effect, if so. */
  #change({ seq, change }: StoreChange, before: number): string | undefined {
    if (change.kind === "rejected") return change.reason;
    return change.kind === "citation" ? this.#cite(seq, change) : this.#publish(seq, change, before);
  }

  #cite(seq: number, citation: CitationChange): string | undefined {
    const { citing, cited } = citation;
    if (citing === cited) return `article ${citing} cites itself`;
    for (const id of [citing, cited]) if (!this.#articles.has(id)) return `article ${id} is unknown`;
    return this.#citations.add(seq, citation) ? undefined : `article ${citing} has cited ${cited} before`;
  }

  #publish(seq: number, change: PublicationChange, before: number): string | undefined {
    const { publication, markdown, chunks, vectors } = change;
    if (this.#articles.has(publication.id)) return `article ${publication.id} has been published before`;
    const { dimensions } = this.#embedder;
    const vectorOf = (chunk: number) => vectors.subarray(chunk * dimensions, (chunk + 1) * dimensions);
    // Before anything of this article is in the tables: it is measured against what was there.
    const novelty = this.#novelty.measure(chunks, vectorOf, before);
    this.#articles.add(seq, publication, markdown, novelty);
    this.#passages.add(seq, publication.title, chunks, vectorOf);
    this.#novelty.remember(chunks);
    return undefined;
  }
}
