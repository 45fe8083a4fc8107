import type { SearchItem, SearchOperation } from "@langchain/langgraph-checkpoint";
import { matchesFilter } from "./filter.js";
import type { Stored, StoreItem } from "./item.js";
import type { Meaning } from "./meaning.js";
import type { Projection } from "./projection.js";
import type { Reader } from "./reader.js";

type Found = { stored: Stored; item: StoreItem & SearchItem };

/** Finds items by where they are, by what they hold, and by what they mean. */
export class Searcher {
  constructor(
    readonly projection: Projection,
    readonly reader: Reader,
    readonly meaning: Meaning | undefined,
  ) {}

  /** Without a query (or without an embedder) in the order in which the items came into being; with one the closest first, and behind
   * them those that have no vector. */
  async search({ namespacePrefix, filter, query, limit = 10, offset = 0 }: SearchOperation): Promise<Found[]> {
    const [question] = await Promise.all([
      query === undefined || query === "" ? undefined : this.meaning?.ofQuery(query),
      this.projection.catchUp(),
    ]);
    const candidates = this.projection.under(namespacePrefix);
    const scored = await Promise.all(
      candidates.map(async (held) => {
        if (question === undefined) return { held, score: undefined };
        return { held, score: this.meaning?.score(question, await this.projection.vectorsOf(held)) };
      }),
    );
    if (question !== undefined) scored.sort((a, b) => (b.score ?? -2) - (a.score ?? -2));
    const found: Found[] = [];
    let skipped = 0;
    // One by one, and only until there are enough: values may be large.
    for (const { held, score } of scored) {
      if (found.length >= limit) break;
      if (filter === undefined && skipped < offset) {
        skipped += 1;
        continue;
      }
      const stored = await this.projection.whole(held);
      if (stored === undefined) continue;
      const item = await this.projection.spared(() => this.reader.item(stored));
      if (item === undefined || !matchesFilter(item.value, filter)) continue;
      if (skipped < offset) skipped += 1;
      else found.push({ stored, item: score === undefined ? item : { ...item, score } });
    }
    return found;
  }
}
