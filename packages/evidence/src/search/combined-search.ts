import { EvidenceError } from "../errors.js";
import { mergeResults } from "./merge.js";
import type { Provider } from "./names.js";
import type { SearchCache } from "./search-cache.js";
import type { WebResult, WebSearch } from "./web-search.js";

/** What several searches have found together. */
export interface Searched {
  readonly results: WebResult[];
  /** Those that could not be asked, each with a sentence. */
  readonly failed: { provider: Provider; message: string }[];
}

/** Several searches as one: all are asked at once, and one that fails takes nothing from the others. */
export class CombinedSearch {
  readonly #searches: readonly WebSearch[];
  readonly #cache: Pick<SearchCache, "get" | "put">;

  constructor(searches: readonly WebSearch[], cache: Pick<SearchCache, "get" | "put">) {
    this.#searches = searches;
    this.#cache = cache;
  }

  /**
   * @param o.limit hits at most, 1 to 20
   * @throws what stops the caller; a search that fails is in the answer
   */
  async search(query: string, o: { limit: number; signal?: AbortSignal }): Promise<Searched> {
    const failed: Searched["failed"] = [];
    const lists = await Promise.all(
      this.#searches.map(async (search) => {
        try {
          return await this.#ask(search, query, o);
        } catch (error) {
          if (!(error instanceof EvidenceError)) throw error;
          failed.push({ provider: search.provider, message: error.message });
          return [];
        }
      }),
    );
    return { results: mergeResults(lists, o.limit), failed };
  }

  async #ask(search: WebSearch, query: string, o: { limit: number; signal?: AbortSignal }) {
    const question = JSON.stringify([search.provider, query.trim(), o.limit]);
    const known = await this.#cache.get(question);
    if (known !== undefined) return known;
    // Nothing else can be read, whatever a search may say.
    const found = (await search.search(query, o)).filter(({ uri }) => /^https?:\/\//i.test(uri));
    await this.#cache.put(question, found);
    return found;
  }
}
