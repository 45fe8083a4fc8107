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
