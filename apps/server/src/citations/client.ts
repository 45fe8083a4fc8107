import type { Caller } from "../call.js";
import { CitationChains, CitationGraph, CitationPage, CitationPath, type Direction, RelatedArticles } from "./api.js";

/** The citation graph, for the clients of a home. Failures are ServerErrors: `unknown_article`, `ambiguous_id`. */
export class CitationsClient {
  readonly #caller: Caller;

  constructor(caller: Caller) {
    this.#caller = caller;
  }

  async page(o: { article: string; direction: Direction; limit?: number; before?: number }): Promise<CitationPage> {
    return await this.#caller.call("GET", `/v1/kb/citations?${query(o)}`, CitationPage);
  }

  async chains(o: { article: string; direction: Direction; depth: number; limit?: number }): Promise<CitationChains> {
    return await this.#caller.call("GET", `/v1/kb/chains?${query(o)}`, CitationChains);
  }

  /** A shortest chain from one article to another, or back. */
  async path(from: string, to: string): Promise<CitationPath> {
    return await this.#caller.call("GET", `/v1/kb/path?${query({ from, to })}`, CitationPath);
  }

  async related(o: { article: string; limit?: number }): Promise<RelatedArticles> {
    return await this.#caller.call("GET", `/v1/kb/related?${query(o)}`, RelatedArticles);
  }

  async graph(o: { article?: string; depth?: number; limit?: number }): Promise<CitationGraph> {
    return await this.#caller.call("GET", `/v1/kb/graph?${query(o)}`, CitationGraph);
  }
}

function query(values: Record<string, string | number | undefined>): URLSearchParams {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) if (value !== undefined) parameters.set(name, `${value}`);
  return parameters;
}
