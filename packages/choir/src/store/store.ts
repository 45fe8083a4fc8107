import type Database from "better-sqlite3";
import type { Standing } from "../articles/article-table.js";
import type { Article, ArticlePage, ArticleSummary } from "../articles/stored-article.js";
import type { CitedPassage } from "../citations/citation.js";
import type {
  CitationChains,
  CitationGraph,
  CitationPage,
  CitationPath,
  RelatedArticles,
} from "../citations/graph/answers.js";
import { type ChainsAsked, type GraphAsked, GraphReader, type PageAsked } from "../citations/graph/reader.js";
import { ChoirError } from "../errors.js";
import { FactTable } from "../ledger/fact-table.js";
import type { Fact } from "../ledger/facts.js";
import { type News, type NewsAsked, NewsTable } from "../news/news.js";
import { NoveltyExplainer } from "../novelty/explainer.js";
import type { NoveltyExplanation } from "../novelty/explanation.js";
import type { NoveltyRecord } from "../novelty/novelty.js";
import { SharedText } from "../novelty/shared-text.js";
import type { EmbedderIdentity } from "../search/embedder.js";
import { type IndexChanges, IndexedChanges, type IndexPosition } from "../search/indexed-changes.js";
import type { IndexedArticle, IndexHit, IndexQuery, IndexStats, WeightedWord } from "../search/knowledge-index.js";
import { PassageIndex } from "../search/passage-index.js";
import { type SearchResult, SearchResults } from "../search/results.js";
import { type Chunk, chunkMarkdown } from "../text/chunk.js";
import { Turns } from "../threads/turns.js";
import { type FreshReason, forsake, openArticleFile } from "./article-file.js";
import type { Draft, StoreChange, StorePosition } from "./change.js";
import { StoreReader } from "./reader.js";
import { isDamage } from "./schema.js";
import { StoreWriter } from "./writer.js";

/** What embedding everything in a file means. */
export interface EmbeddingLoad {
  texts: number;
  characters: number;
}

interface Opened {
  db: Database.Database;
  passages: PassageIndex;
  changes: IndexedChanges;
  news: NewsTable;
  reader: StoreReader;
  writer: StoreWriter;
  results: SearchResults;
  explainer: NoveltyExplainer;
  graph: GraphReader;
}

/**
 * The whole interface of the SQLite file: what the worker thread runs, one method a call. What takes long does it in slices, and the other
 * methods answer in between. Everything in and out can be cloned from thread to thread.
 */
export class Store {
  readonly #turns = new Turns();
  #open: Opened | undefined;

  /** Opens or makes the file; `wipe` makes it anew in any case. */
  open(o: { path: string; embedder: EmbedderIdentity; wipe: boolean }): {
    position: StorePosition | undefined;
    fresh: FreshReason | undefined;
  } {
    this.#open?.db.close();
    this.#open = undefined;
    const { db, position, fresh } = openArticleFile(o.path, o.embedder, o.wipe);
    try {
      const [passages, shared] = [new PassageIndex(db), new SharedText(db)];
      this.#open = {
        db,
        passages,
        changes: new IndexedChanges(db),
        news: new NewsTable(db),
        reader: new StoreReader(db),
        writer: new StoreWriter(db, o.embedder, passages, shared),
        results: new SearchResults(db, o.embedder.mode),
        explainer: new NoveltyExplainer(db, shared),
        graph: new GraphReader(db),
      };
      return { position, fresh };
    } catch (error) {
      db.close();
      // Found out only now, when the passages were read into memory.
      if (o.wipe || !isDamage(error)) throw error;
      return { ...this.open({ ...o, wipe: true }), fresh: "corrupt" };
    }
  }

  /** Closes the file after what is under way. */
  async close(): Promise<void> {
    await this.#turns.idle();
    this.#open?.db.close();
    this.#open = undefined;
  }

  /** Here only because cutting a long article takes a while, too. */
  chunk(markdown: string): Chunk[] {
    return chunkMarkdown(markdown);
  }

  apply(change: StoreChange): Promise<void> {
    return this.#turns.run(() => this.#opened.writer.apply(change));
  }

  /** Has the file made anew when it is opened next. */
  forsake(): void {
    forsake(this.#opened.db);
  }

  /** For a file that is an index and nothing else; the articles of a stream come with their effects. */
  addPassages(article: IndexedArticle): void {
    const { db, passages } = this.#opened;
    db.transaction(() => passages.add(article))();
    passages.catchUp();
  }

  removePassages(article: string): void {
    const { passages } = this.#opened;
    passages.remove(article);
    passages.catchUp();
  }

  query(query: IndexQuery): IndexHit[] {
    return this.#opened.passages.query(query);
  }

  corrections(words: readonly string[]): Record<string, WeightedWord[]> {
    return this.#opened.passages.corrections(words);
  }

  indexStats(): IndexStats {
    return this.#opened.passages.stats();
  }

  indexEnd(): IndexPosition {
    return this.#opened.changes.end;
  }

  indexChanges(after: IndexPosition): IndexChanges {
    return this.#opened.changes.after(after);
  }

  news(asked: NewsAsked): News[] {
    return this.#opened.news.latest(asked);
  }

  newsAfter(position: number, limit: number): News[] {
    return this.#opened.news.after(position, limit);
  }

  embeddingLoad(): EmbeddingLoad {
    return this.#opened.passages.load();
  }

  results(hits: readonly IndexHit[], words: readonly string[]): SearchResult[] {
    return this.#opened.results.of(hits, words);
  }

  /** What {@link results} makes of what {@link query} finds. */
  answers(query: IndexQuery, words: readonly string[]): SearchResult[] {
    return this.results(this.query(query), words);
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

  /** How the score of an article, or of one version of it, came about. */
  explain(reference: string): NoveltyExplanation {
    const { reader, explainer } = this.#opened;
    const { markdown, id } = reader.article(reference);
    const [record, chunks] = [reader.novelty(reference), chunkMarkdown(markdown)];
    return explainer.explain({ markdown, chunks, record, article: reader.standing(id).seq });
  }

  /** What the novelty of a new article would be if it were published now, and how it would come about. */
  async assess(draft: Draft): Promise<NoveltyExplanation> {
    const record = await this.#turns.run(() => this.#opened.writer.assess(draft));
    return this.#opened.explainer.explain({ ...draft, record });
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

  citationPage(reference: string, o: PageAsked): CitationPage {
    return this.#opened.graph.page(reference, o);
  }

  citationChains(reference: string, o: ChainsAsked): CitationChains {
    return this.#opened.graph.chains(reference, o);
  }

  citationPath(one: string, other: string): CitationPath {
    return this.#opened.graph.path(one, other);
  }

  relatedArticles(reference: string, limit: number): RelatedArticles {
    return this.#opened.graph.related(reference, limit);
  }

  citationGraph(o: GraphAsked): CitationGraph {
    return this.#opened.graph.graph(o);
  }

  rejection(seq: number): string | undefined {
    return this.#opened.reader.rejection(seq);
  }

  facts(after: number, limit: number): Fact[] {
    return new FactTable(this.#opened.db).after(after, limit);
  }

  exportHash(): string {
    return this.#opened.reader.exportHash();
  }

  get #opened() {
    if (this.#open) return this.#open;
    throw new ChoirError("closed", "The knowledge base is closed: open it again.");
  }
}
