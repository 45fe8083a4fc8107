import type Database from "better-sqlite3";
import type { Standing } from "../articles/article-table.js";
import type { Article, ArticlePage, ArticleSummary } from "../articles/stored-article.js";
import type { CitedPassage } from "../citations/citation.js";
import { ChoirError } from "../errors.js";
import type { NoveltyRecord } from "../novelty/novelty.js";
import type { EmbedderIdentity } from "../search/embedder.js";
import { type SearchResult, type StoreQuery, StoreSearcher } from "../search/searcher.js";
import { type Chunk, chunkMarkdown } from "../text/chunk.js";
import { type FreshReason, forsake, openArticleFile } from "./article-file.js";
import type { StoreChange, StorePosition } from "./change.js";
import { StoreReader } from "./reader.js";
import { StoreWriter } from "./writer.js";

/**
 * The whole interface of the SQLite file, synchronous: what the worker thread runs, one method a call. Everything in
 * and out can be cloned from thread to thread.
 */
export class Store {
  #open: { db: Database.Database; reader: StoreReader; writer: StoreWriter; searcher: StoreSearcher } | undefined;

  /** Opens or makes the file; `wipe` makes it anew in any case. */
  open(o: { path: string; embedder: EmbedderIdentity; wipe: boolean }): {
    position: StorePosition | undefined;
    fresh: FreshReason | undefined;
  } {
    this.close();
    const { db, position, fresh } = openArticleFile(o.path, o.embedder, o.wipe);
    this.#open = {
      db,
      reader: new StoreReader(db),
      writer: new StoreWriter(db, o.embedder),
      searcher: new StoreSearcher(db, o.embedder.mode),
    };
    return { position, fresh };
  }

  close(): void {
    this.#open?.db.close();
    this.#open = undefined;
  }

  /** Here only because cutting a long article takes a while, too. */
  chunk(markdown: string): Chunk[] {
    return chunkMarkdown(markdown);
  }

  apply(change: StoreChange): void {
    this.#opened.writer.apply(change);
  }

  /** Has the file made anew when it is opened next. */
  forsake(): void {
    forsake(this.#opened.db);
  }

  search(query: StoreQuery): SearchResult[] {
    return this.#opened.searcher.search(query);
  }

  corrections(words: readonly string[]): Record<string, string[]> {
    return this.#opened.searcher.corrections(words);
  }

  article(reference: string): Article {
    return this.#opened.reader.article(reference);
  }

  standing(reference: string): Standing {
    return this.#opened.reader.standing(reference);
  }

  passage(reference: string, words: string): CitedPassage {
    return this.#opened.reader.passage(reference, words);
  }

  list(page: ArticlePage): ArticleSummary[] {
    return this.#opened.reader.list(page);
  }

  novelty(reference: string): NoveltyRecord {
    return this.#opened.reader.novelty(reference);
  }

  score(reference: string): { seq: number; score: number } {
    return this.#opened.reader.score(reference);
  }

  citations(reference: string): number {
    return this.#opened.reader.citations(reference);
  }

  citationSeq(citing: string, cited: string): number | undefined {
    return this.#opened.reader.citationSeq(citing, cited);
  }

  rejection(seq: number): string | undefined {
    return this.#opened.reader.rejection(seq);
  }

  exportHash(): string {
    return this.#opened.reader.exportHash();
  }

  get #opened() {
    if (this.#open) return this.#open;
    throw new ChoirError("closed", "The knowledge base is closed: open it again.");
  }
}
