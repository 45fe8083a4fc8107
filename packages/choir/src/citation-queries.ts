import type {
  CitationChains,
  CitationGraph,
  CitationPage,
  CitationPath,
  RelatedArticles,
} from "./citations/graph/answers.js";
import type { TrustBegins } from "./citations/graph/trust-weights.js";
import type { Direction } from "./citations/graph/walks.js";
import type { ProjectedStore } from "./store/projected-store.js";

/** Most steps of a chain, and of the way from an article to the edge of a drawn graph. */
export const DEEPEST = 10;
/** Most citations of a page, chains, related articles, or articles of a graph. */
export const MOST_ANSWERED = 500;

/**
 * The citation graph: what cites what, and for what. Citations count while both articles stand; articles are named by id or the beginning of
 * one. Limits are kept within what is answered at once. Each method throws ChoirError `unknown_article` or `ambiguous_id`.
 */
export class CitationQueries {
  readonly #store: Pick<ProjectedStore, "call">;
  readonly #trust: TrustBegins;

  constructor(store: Pick<ProjectedStore, "call">, trust: TrustBegins) {
    this.#store = store;
    this.#trust = trust;
  }

  /** What an article cites, or what cites it, with claims and passages, the newest first, and how it stands in the graph. */
  async page(article: string, o: { direction: Direction; limit?: number; before?: number }): Promise<CitationPage> {
    const { direction, limit = 100, before } = o;
    return await this.#store.call("citationPage", article, {
      ...{ direction, before, trust: this.#trust },
      limit: within(limit, MOST_ANSWERED),
    });
  }

  /** Chains of what an article cites, which cites something in turn, or the other way round: `depth` steps or fewer, no article twice. */
  async chains(article: string, o: { direction: Direction; depth: number; limit?: number }): Promise<CitationChains> {
    const { direction, depth, limit = 100 } = o;
    return await this.#store.call("citationChains", article, {
      direction,
      depth: within(depth, DEEPEST),
      limit: within(limit, MOST_ANSWERED),
    });
  }

  /** A shortest chain of citations from one article to another, or if there is none from that one to this. */
  async path(one: string, other: string): Promise<CitationPath> {
    return await this.#store.call("citationPath", one, other);
  }

  /** Articles that are cited together with this one, and that cite what it cites. */
  async related(article: string, limit = 10): Promise<RelatedArticles> {
    return await this.#store.call("relatedArticles", article, within(limit, MOST_ANSWERED));
  }

  /** The articles up to `depth` steps around one, or without one the most cited of all, and the citations among them. */
  async graph(o: { article?: string; depth?: number; limit?: number } = {}): Promise<CitationGraph> {
    const { article, depth = 2, limit = 200 } = o;
    return await this.#store.call("citationGraph", {
      article,
      depth: within(depth, DEEPEST),
      limit: within(limit, MOST_ANSWERED),
    });
  }
}

function within(n: number, most: number): number {
  return Math.min(most, Math.max(1, Math.trunc(n) || 1));
}
