import type { Backbone } from "@vibewriter/backbone";
import { checkSize, type PublishRequest, type ReviseRequest } from "./articles/article.js";
import type { BatchOutcome } from "./articles/publish-batch.js";
import { type CitationRequest, type Published, Publisher } from "./articles/publisher.js";
import type { Signer } from "./articles/signer.js";
import type { Article, ArticlePage, ArticleSummary } from "./articles/stored-article.js";
import { CitationQueries } from "./citation-queries.js";
import type { DocumentFormat, TextDocument } from "./exports/document.js";
import type { ExportedArticle } from "./exports/exported-article.js";
import { Exporter } from "./exports/exporter.js";
import type { ExportFormat } from "./exports/format.js";
import { DEFAULT_ECONOMY, type Economy } from "./ledger/config.js";
import type { Fact } from "./ledger/facts.js";
import type { News, NewsAsked } from "./news/news.js";
import type { NoveltyExplanation } from "./novelty/explanation.js";
import type { NoveltyRecord } from "./novelty/novelty.js";
import { ArticleSearch, type SearchOptions } from "./search/article-search.js";
import type { Embedder, EmbedderIdentity } from "./search/embedder.js";
import { lexicalEmbedder } from "./search/lexical.js";
import { type MirrorOptions, QdrantMirror } from "./search/qdrant/mirror.js";
import type { SearchResult } from "./search/results.js";
import { type ChoirEvent, type IndexPlace, ProjectedStore, type ReembedProgress } from "./store/projected-store.js";
import type { EmbeddingLoad } from "./store/store.js";
import { openStreams, type Streams } from "./stream.js";

export interface ChoirOptions {
  backbone: Pick<Backbone, "effects" | "files" | "project">;
  /** The SQLite file. It is made from the stream whenever it is not there, and one process at a time can have it. */
  path: string;
  /** By default the built-in lexical one. */
  embedder?: Embedder;
  /** Where Qdrant is; searches go there while it has everything that the file has, and to the file else. */
  qdrant?: MirrorOptions;
  /** Whose judgement the weight of citations starts from; by default the first authors'. */
  trust?: Pick<Economy, "seeds" | "founders">;
  onEvent?: (event: ChoirEvent) => void;
}

type ChangeListener = (o: { remade: boolean }) => void;

/**
 * The Choir knowledge base: articles that cite each other, each signed by its author. The stream of the backbone is the truth, each
 * version, retraction and citation in it once for ever; search, counts and novelty are read from a SQLite file that is made from it.
 *
 * ```ts
 * await using choir = await Choir.open({ backbone, path: join(home, "choir.sqlite") });
 * const ada = KeyPair.generate();
 * const { id } = await choir.publish({ markdown: "# Tides\n\n...", author: "Ada", key: "publish:run-1" }, ada);
 * await choir.search("spring tide");
 * ```
 */
export class Choir implements AsyncDisposable {
  /** Who cites whom. */
  readonly citationGraph: CitationQueries;
  readonly #streams: Streams;
  readonly #store: ProjectedStore;
  readonly #search: ArticleSearch;
  readonly #mirror: QdrantMirror | undefined;
  readonly #publisher: Publisher;
  readonly #listeners: Set<ChangeListener>;
  readonly #exporter = new Exporter();

  private constructor(
    streams: Streams,
    store: ProjectedStore,
    listeners: Set<ChangeListener>,
    { trust, mirror }: { trust: Pick<Economy, "seeds" | "founders">; mirror: QdrantMirror | undefined },
  ) {
    this.#streams = streams;
    this.#store = store;
    this.#search = new ArticleSearch(store, mirror);
    this.#mirror = mirror;
    this.#publisher = new Publisher(streams, store);
    this.#listeners = listeners;
    this.citationGraph = new CitationQueries(store, trust);
  }

  /**
   * Opens the knowledge base and returns when its index is up to date with the stream.
   * @throws ChoirError `in_use` if another process has the file, `index_failed` if it cannot be written
   */
  static async open(options: ChoirOptions): Promise<Choir> {
    const { backbone, path, embedder = lexicalEmbedder, qdrant, trust = DEFAULT_ECONOMY, onEvent } = options;
    const streams = await openStreams(backbone);
    const listeners = new Set<ChangeListener>();
    const onChange: ChangeListener = (o) => {
      for (const listener of listeners) listener(o);
    };
    const store = await ProjectedStore.open({ streams, backbone, path, embedder, onEvent, onChange });
    const mirror = qdrant && new QdrantMirror(store, qdrant);
    if (mirror) listeners.add(() => mirror.changed());
    return new Choir(streams, store, listeners, { trust, mirror });
  }

  /**
   * Publishes an article, once for its key whatever the number of calls, and returns when it can be found.
   * @param signer of its author
   * @throws ChoirError `no_title`, `too_large`, `invalid_article`, or `key_reused` if another content has been published under this key;
   *   what the signer throws
   */
  async publish(request: PublishRequest, signer: Signer): Promise<Published> {
    return await this.#publisher.publish(request, signer);
  }

  /**
   * Publishes many articles, each once for its key, in their order; many are on their way at once. What is wrong with one stops no other.
   * @returns for each request, in their order, what {@link publish} would return, without its novelty, or throw
   * @throws what the signer throws, and what stops all of them, such as BackboneError `unavailable`
   */
  async publishMany(
    requests: readonly PublishRequest[],
    signer: Signer,
    o: { dryRun?: boolean } = {},
  ): Promise<BatchOutcome[]> {
    return await this.#publisher.publishMany(requests, signer, o);
  }

  /**
   * Publishes the next version of an article in the place of the one that stands, which stays readable. The same content again is no new
   * version.
   * @param signer of its author
   * @throws ChoirError `unknown_article`, `not_author`, `retracted`, `conflict` if it was revised meanwhile, and as {@link publish}
   */
  async revise(request: ReviseRequest, signer: Signer): Promise<Published> {
    return await this.#publisher.revise(request, signer);
  }

  /**
   * Takes an article back, all versions of it: it stays readable with the reason, is found by no search, and neither what it cites nor what
   * cites it counts any more. There is no way back.
   * @param signer of its author
   * @returns whether this call did it
   * @throws ChoirError `unknown_article`, `not_author`, `invalid_retraction`
   */
  async retract(request: { article: string; reason: string }, signer: Signer): Promise<{ first: boolean }> {
    return await this.#publisher.retract(request, signer);
  }

  /**
   * Counts a citation, once for each pair of articles for ever.
   * @param signer of the author of the citing article
   * @returns whether this call made it, and the number of articles that cite `cited` now
   * @throws ChoirError `unknown_article`, `not_author`, `self_citation` for one's own article, `retracted`, `invalid_citation`
   */
  async cite(request: CitationRequest, signer: Signer): Promise<{ first: boolean; count: number }> {
    return await this.#publisher.cite(request, signer);
  }

  /**
   * The articles that answer a question best, best first: words (BM25) and vectors, fused by rank; a word that nobody
   * has written is taken for a slip and looked for in its nearest spellings. Any text is a valid question; one without a
   * letter or digit finds nothing. Each article comes once, near copies of a better result come last, retracted ones never.
   * @throws ChoirError `unknown_article`, `ambiguous_id` for `citedBy`, `invalid_query` for a time that is none
   */
  async search(query: string, o: SearchOptions = {}): Promise<SearchResult[]> {
    return await this.#search.search(query, o);
  }

  /** The model whose vectors the index has that answers now. */
  get embedder(): EmbedderIdentity {
    const { model, dimensions, mode } = this.#store.embedder;
    return { model, dimensions, mode };
  }

  /** What was published, revised, retracted and cited, the newest first: all of it, or what concerns the subjects. */
  async news(asked: NewsAsked): Promise<News[]> {
    return await this.#store.call("news", asked);
  }

  /** The same from behind a position in the stream on, the oldest first; at most `limit`. */
  async newsAfter(position: number, limit: number): Promise<News[]> {
    return await this.#store.call("newsAfter", position, limit);
  }

  /** Where the stream ends now: what comes behind is new. */
  async lastPosition(): Promise<number> {
    return await this.#streams.effects.lastPosition();
  }

  /** What there is to embed: passages of all versions, and their characters. */
  async embeddingLoad(): Promise<EmbeddingLoad> {
    return await this.#store.call("embeddingLoad");
  }

  /**
   * Makes the index again in the file `path` with another embedder, while the one that there is answers, and takes its place when it is
   * whole; novelty is then measured with it, too. A file that a former attempt left is gone on with. Nothing happens if `path` is the file in use.
   * @throws ChoirError `embedder_refused`, or `closed` when it was aborted: the old index goes on
   */
  async reembed(
    place: IndexPlace,
    o: { signal?: AbortSignal; onProgress?: (progress: ReembedProgress) => void } = {},
  ): Promise<void> {
    await this.#store.reembed(place, o);
  }

  /**
   * By id, or by the beginning of one (at least four characters) that no other article shares; `<id>@<version>` for a version that need not be
   * the one that stands.
   * @throws ChoirError `unknown_article`, `ambiguous_id`
   */
  async get(reference: string): Promise<Article> {
    return await this.#store.call("article", reference);
  }

  /** Newest first, 100 unless told otherwise; `before` names the last one of the page before. */
  async list(o: Partial<ArticlePage> = {}): Promise<ArticleSummary[]> {
    return await this.#store.call("list", { limit: 100, ...o });
  }

  /** Number of articles that cite this one and stand. */
  async citations(id: string): Promise<number> {
    return await this.#store.call("citations", id);
  }

  /** How the novelty score of an article came about: nearest earlier passages, shared text, the corpus it was measured against. */
  async novelty(id: string): Promise<NoveltyRecord> {
    return await this.#store.call("novelty", id);
  }

  /** How that score came about, in words: closest passages, shared text, what would raise it. */
  async explainNovelty(reference: string): Promise<NoveltyExplanation> {
    return await this.#store.call("explain", reference);
  }

  /**
   * What the novelty of a draft would be if it were published now as a new article; nothing is written.
   * @throws ChoirError `too_large`
   */
  async assess(markdown: string): Promise<NoveltyExplanation> {
    checkSize(markdown);
    return await this.#store.call("assess", await this.#store.draft(markdown));
  }

  /**
   * A version of an article as a file that stands alone, the same bytes for the same article; made in a thread of its own.
   * @throws ChoirError `unknown_article`, `ambiguous_id`, `export_failed`, `timeout`
   */
  async export(reference: string, format: ExportFormat): Promise<Uint8Array<ArrayBuffer>> {
    const article = await this.get(reference);
    const cited: ExportedArticle["cited"] = Object.fromEntries(
      await Promise.all(
        article.citations.map(async ({ article: id }) => {
          const { publication } = await this.#store.call("standing", id);
          return [id, { title: publication.title, author: publication.author }] as const;
        }),
      ),
    );
    return await this.#exporter.render({ article, cited }, format);
  }

  /**
   * A text that is no article, laid out in the same way and in the same thread.
   * @throws ChoirError `export_failed`
   */
  async exportText(document: TextDocument, format: DocumentFormat): Promise<Uint8Array<ArrayBuffer>> {
    return await this.#exporter.renderText(document, format);
  }

  /** True if the stream is another account's, so that its ledger is, too. */
  get isShared(): boolean {
    return this.#streams.effects.isShared;
  }

  /** What the ledger has to know, in the order of the stream, from behind a position on; at most `limit`. */
  async facts(after: number, limit: number): Promise<Fact[]> {
    return await this.#store.call("facts", after, limit);
  }

  /** Returns when everything that is in the stream now is in the index. */
  async caughtUp(): Promise<void> {
    await this.#store.caughtUp();
  }

  /** Calls `listener` whenever the index has changed or was made again, until what it returns is disposed of. */
  onChange(listener: ChangeListener): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
  }

  /** SHA-256 over all versions, scores, retractions and citations in the order of the stream: equal after every rebuild. */
  async exportHash(): Promise<string> {
    return await this.#store.call("exportHash");
  }

  /** Deletes the SQLite file and makes it again from the stream; searches wait meanwhile. */
  async rebuild(): Promise<void> {
    await this.#store.rebuild();
  }

  /** Closes the file; the backbone stays open. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#exporter[Symbol.asyncDispose]();
    await this.#mirror?.[Symbol.asyncDispose]();
    await this.#store[Symbol.asyncDispose]();
  }
}
