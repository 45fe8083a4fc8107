import { ChoirError } from "../errors.js";
import type { ProjectedStore } from "../store/projected-store.js";
import type { IndexFilter, IndexQuery } from "./knowledge-index.js";
import type { QdrantMirror } from "./qdrant/mirror.js";
import { asQuery, asWordQuery, type Speller } from "./question.js";
import type { Degradation, SearchResult } from "./results.js";

/** Which articles a search looks at, and how many it gives. */
export interface SearchOptions extends Omit<IndexFilter, "articles"> {
  /** 1-50. */
  limit?: number;
  /** Only what this article cites: its id or the beginning of it. */
  citedBy?: string;
}

/** Questions to the knowledge base, answered with what there is when a part of it is away. */
export class ArticleSearch {
  readonly #store: ProjectedStore;
  readonly #speller: Speller;
  /** Asked first, if there is one. */
  readonly #mirror: QdrantMirror | undefined;

  constructor(store: ProjectedStore, mirror?: QdrantMirror) {
    this.#store = store;
    this.#mirror = mirror;
    this.#speller = { corrections: (words) => store.call("corrections", words) };
  }

  /** See `Choir.search`. */
  async search(query: string, o: SearchOptions): Promise<SearchResult[]> {
    const { limit = 5, ...filter } = o;
    const rest = { filter: await this.#filterOf(filter), limit: Math.min(50, Math.max(1, Math.trunc(limit) || 1)) };
    for (;;) {
      const { embedder } = this.#store;
      const { question, degraded } = await this.#question(query);
      const words = question.words.map(({ word }) => word);
      const elsewhere = await this.#mirror?.query({ ...question, ...rest });
      // Of the file in one call: each of them waits for what its thread is at.
      const results = elsewhere
        ? await this.#store.call("results", elsewhere, words)
        : await this.#store.call("answers", { ...question, ...rest }, words);
      // Another index has taken the place of the one that the vector was made for: it is asked anew.
      if (embedder !== this.#store.embedder) continue;
      return withDegradation(results, degraded ?? (this.#mirror && !elsewhere ? "other_index" : undefined));
    }
  }

  async #question(
    query: string,
  ): Promise<{ question: Pick<IndexQuery, "words" | "vector" | "floor" | "vectorWeight">; degraded?: Degradation }> {
    try {
      const { asked: _asked, ...question } = await asQuery(query, this.#store.embedder, this.#speller);
      return { question };
    } catch (error) {
      const isAway =
        error instanceof ChoirError && (error.code === "embedder_refused" || error.code === "embedder_unavailable");
      if (!isAway) throw error;
      const { asked: _asked, ...question } = await asWordQuery(query, this.#speller);
      return { question, degraded: "words_only" };
    }
  }

  async #filterOf({ citedBy, ...filter }: Omit<SearchOptions, "limit">): Promise<IndexFilter> {
    for (const time of [filter.since, filter.until]) {
      if (time === undefined || !Number.isNaN(Date.parse(time))) continue;
      throw new ChoirError("invalid_query", `${JSON.stringify(time)} is no time: write it like 2026-01-31.`);
    }
    if (citedBy === undefined) return filter;
    const { citations } = await this.#store.call("article", citedBy);
    return { ...filter, articles: citations.map(({ article }) => article) };
  }
}

function withDegradation(results: SearchResult[], degraded: Degradation | undefined): SearchResult[] {
  return degraded === undefined ? results : results.map((result) => ({ ...result, degraded }));
}
