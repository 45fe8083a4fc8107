import type { FoundPassage } from "./passages.js";

/** One hit of a search: something that can be read and then cited. */
export interface WebResult {
  uri: string;
  title: string;
  /** What the provider shows of it; a taste, not a source. */
  passage: string;
  /** Published, as the provider says. */
  date?: string;
}

/** A search provider, by name. */
export interface WebSearch {
  readonly provider: string;
  /**
   * @param o.limit hits at most, 1 to 20
   * @throws EvidenceError `search_failed`, `timed_out`
   */
  search(query: string, o: { limit: number; signal?: AbortSignal }): Promise<WebResult[]>;
}

/** The provider without a network: the best passages of the run's own sources. */
export class CorpusSearch implements WebSearch {
  readonly provider = "corpus";
  readonly #search: (query: string, limit: number) => Promise<FoundPassage[]>;

  /** @param search that of the run's evidence store */
  constructor(search: (query: string, limit: number) => Promise<FoundPassage[]>) {
    this.#search = search;
  }

  async search(query: string, o: { limit: number }): Promise<WebResult[]> {
    const found = await this.#search(query, o.limit);
    return found.map(({ uri, title, text }) => ({ uri, title, passage: text }));
  }
}
