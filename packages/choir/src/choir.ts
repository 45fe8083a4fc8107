import type { Backbone } from "@vibewriter/backbone";
import {
  type Citation,
  citationSchema,
  type PublishRequest,
  preparePublication,
  selfCitation,
} from "./articles/article.js";
import { articleMarkdown } from "./articles/export.js";
import { ChoirError } from "./errors.js";
import type { NoveltyRecord } from "./novelty/novelty.js";
import type { Embedder } from "./search/embedder.js";
import { lexicalEmbedder } from "./search/lexical.js";
import { clipQuery, matchExpression, queryWords, withCorrections } from "./search/query.js";
import type { SearchResult } from "./search/searcher.js";
import { type ChoirEvent, ProjectedStore, quantizeExactly } from "./store/projected-store.js";
import { type Article, type ArticlePage, type ArticleSummary, unknownArticle } from "./store/reader.js";
import { openStreams, type Streams, writeCitation, writePublication } from "./stream.js";

export interface ChoirOptions {
  backbone: Pick<Backbone, "effects" | "files" | "project">;
  /** The SQLite file. It is made from the stream whenever it is not there, and one process at a time can have it. */
  path: string;
  /** By default the built-in lexical one. */
  embedder?: Embedder;
  onEvent?: (event: ChoirEvent) => void;
}

export interface Published {
  id: string;
  /** SHA-256 of the content. */
  version: string;
  /** 0-100, one decimal; provisional with a lexical embedder. */
  noveltyScore: number;
  /** Position of the publication in the stream. */
  seq: number;
  /** False if the key had been published before; nothing was written then. */
  first: boolean;
}

export interface CitationRequest {
  citing: string;
  cited: string;
  /** What it is cited for: the claim or the sentence. */
  context: string;
  /** Idempotency key of the operation, kept for the audit; the pair of articles alone decides what counts. */
  key: string;
}

/**
 * The Choir knowledge base: articles that cite each other. The stream of the backbone is the truth, each publication
 * and each citation in it once for ever; search, counts and novelty are read from a SQLite file that is made from it.
 *
 * ```ts
 * await using choir = await Choir.open({ backbone, path: join(home, "choir.sqlite") });
 * const { id } = await choir.publish({ markdown: "# Tides\n\n...", author: "Ada", key: "publish:run-1" });
 * await choir.search("spring tide");
 * ```
 */
export class Choir implements AsyncDisposable {
  readonly #streams: Streams;
  readonly #embedder: Embedder;
  readonly #store: ProjectedStore;

  private constructor(streams: Streams, embedder: Embedder, store: ProjectedStore) {
    this.#streams = streams;
    this.#embedder = embedder;
    this.#store = store;
  }

  /**
   * Opens the knowledge base and returns when its index is up to date with the stream.
   * @throws ChoirError `in_use` if another process has the file, `index_failed` if it cannot be written
   */
  static async open(options: ChoirOptions): Promise<Choir> {
    const { backbone, path, embedder = lexicalEmbedder, onEvent } = options;
    const streams = await openStreams(backbone);
    const store = await ProjectedStore.open({ streams, backbone, path, embedder, onEvent });
    try {
      const choir = new Choir(streams, embedder, store);
      await choir.#settle();
      return choir;
    } catch (error) {
      await store[Symbol.asyncDispose]();
      throw error;
    }
  }

  /**
   * Publishes an article, once for its key whatever the number of calls, and returns when it can be found. The articles
   * in `citations` are cited by it.
   * @throws ChoirError `no_title`, `too_large`, `invalid_article`, `unknown_article`, `self_citation`, or `key_reused` if
   *   another content has been published under this key
   */
  async publish(request: PublishRequest): Promise<Published> {
    const { publication, markdown } = preparePublication(request, new Date());
    await this.#mustExist(publication.citations.map(({ article }) => article));

    const written = await writePublication(this.#streams, request.key.trim(), { publication, markdown });
    const { id, version, citations } = written.publication;
    if (version !== publication.version) {
      throw new ChoirError(
        "key_reused",
        `Another article (${id}) was published under this idempotency key: publish this one under a key of its own.`,
      );
    }
    await this.#store.caughtUp(written.seq);
    const rejection = await this.#store.call("rejection", written.seq);
    if (rejection !== undefined) throw new ChoirError("bad_event", `The publication was refused: ${rejection}.`);
    await this.#citeAll(id, citations);
    const { noveltyScore } = await this.#store.call("article", id);
    return { id, version, noveltyScore, seq: written.seq, first: written.first };
  }

  /**
   * Counts a citation, once for each pair of articles for ever.
   * @returns whether this call made it, and the number of articles that cite `cited` now
   * @throws ChoirError `unknown_article`, `self_citation`, `invalid_citation`
   */
  async cite({ citing, cited, context, key }: CitationRequest): Promise<{ first: boolean; count: number }> {
    const parsed = citationSchema.safeParse({ article: cited, context });
    const operation = key.trim();
    if (citing === cited) throw selfCitation(cited);
    await this.#mustExist([citing, cited]);
    if (!parsed.success || operation === "" || operation.length > 500) {
      throw new ChoirError("invalid_citation", "A citation needs a context of 1-4000 characters and a key of 1-500.", {
        cause: parsed.error,
      });
    }
    const { seq, first } = await writeCitation(this.#streams, {
      citing,
      cited,
      context: parsed.data.context,
      operation,
    });
    await this.#store.caughtUp(seq);
    return { first, count: await this.#store.call("citations", cited) };
  }

  /**
   * The articles that answer a question best, best first: words (BM25) and vectors, fused by rank; a word that nobody
   * has written is taken for a slip and looked for in its nearest spellings, too. Any text is a valid
   * question; one without a letter or digit finds nothing. `limit` is 1-50.
   */
  async search(query: string, limit = 5): Promise<SearchResult[]> {
    const asked = queryWords(query);
    const corrections = await this.#store.call("corrections", asked);
    const text = [clipQuery(query), ...Object.values(corrections).flat()].join(" ");
    const [vector] = await this.#embedder.embed([text], "query");
    return await this.#store.call("search", {
      match: matchExpression(withCorrections(asked, corrections)),
      vector: quantizeExactly(this.#embedder, vector),
      limit: Math.min(50, Math.max(1, Math.trunc(limit) || 1)),
      floor: this.#embedder.floor,
    });
  }

  /**
   * By id, or by the beginning of one (at least four characters) that no other article shares.
   * @throws ChoirError `unknown_article`, `ambiguous_id`
   */
  async get(id: string): Promise<Article> {
    return await this.#store.call("article", id);
  }

  /** Newest first, 100 unless told otherwise; `before` names the last one of the page before. */
  async list(o: Partial<ArticlePage> = {}): Promise<ArticleSummary[]> {
    return await this.#store.call("list", { limit: 100, ...o });
  }

  /** Number of articles that cite this one. */
  async citations(id: string): Promise<number> {
    return await this.#store.call("citations", id);
  }

  /** How the novelty score of an article came about: nearest earlier passages, shared text, the corpus it was measured against. */
  async novelty(id: string): Promise<NoveltyRecord> {
    return await this.#store.call("novelty", id);
  }

  /** The article as a Markdown file with its data in front. */
  async exportMarkdown(id: string): Promise<string> {
    return articleMarkdown(await this.get(id));
  }

  /** SHA-256 over all articles, scores and citations in the order of the stream: equal after every rebuild. */
  async exportHash(): Promise<string> {
    return await this.#store.call("exportHash");
  }

  /** Deletes the SQLite file and makes it again from the stream; searches wait meanwhile. */
  async rebuild(): Promise<void> {
    await this.#store.rebuild();
  }

  /** Closes the file; the backbone stays open. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#store[Symbol.asyncDispose]();
  }

  async #mustExist(ids: readonly string[]): Promise<void> {
    if ((await this.#store.call("missing", ids)) === undefined) return;
    // Another process may have published it a moment ago.
    await this.#store.caughtUp();
    const missing = await this.#store.call("missing", ids);
    if (missing !== undefined) throw unknownArticle(missing);
  }

  /** Cites what publications have declared: a crash between an article and its citations loses none. */
  async #settle(): Promise<void> {
    for (const { citing, cited, context } of await this.#store.call("unsettled")) {
      await this.#citeAll(citing, [{ article: cited, context }]);
    }
  }

  async #citeAll(citing: string, citations: readonly Citation[]): Promise<void> {
    for (const { article, context } of citations) {
      const operation = `publish:${citing}`;
      const { seq } = await writeCitation(this.#streams, { citing, cited: article, context, operation });
      await this.#store.caughtUp(seq);
    }
  }
}
