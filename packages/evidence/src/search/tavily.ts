import { z } from "zod";
import type { Service, Services } from "./services.js";
import { MOST_PASSAGE, MOST_QUERY, rowsOf, type WebResult, type WebSearch } from "./web-search.js";

const TAVILY: Service = { title: "Tavily", gapMs: 0, advice: "correct TAVILY_API_KEY or unset it" };

const Reply = z.object({
  results: rowsOf(
    z.object({
      title: z.string().nullish(),
      url: z.url(),
      content: z.string().nullish(),
      published_date: z.string().nullish(),
    }),
  ),
});

/** Web search by Tavily's HTTP interface (docs.tavily.com). */
export class TavilySearch implements WebSearch {
  readonly provider = "tavily";
  readonly #services: Services;
  readonly #key: string;
  readonly #endpoint: string;

  constructor(o: { services: Services; key: string; endpoint?: string }) {
    this.#services = o.services;
    this.#key = o.key;
    this.#endpoint = o.endpoint ?? "https://api.tavily.com/search";
  }

  async search(query: string, o: { limit: number; signal?: AbortSignal }): Promise<WebResult[]> {
    const reply = await this.#services.askJson(TAVILY, Reply, {
      url: new URL(this.#endpoint),
      method: "POST",
      headers: { authorization: `Bearer ${this.#key}`, "content-type": "application/json" },
      body: JSON.stringify({
        query: query.slice(0, MOST_QUERY),
        max_results: Math.min(o.limit, 20),
        search_depth: "basic",
      }),
      signal: o.signal,
    });
    return reply.results.slice(0, o.limit).map(({ title, url, content, published_date }) => ({
      uri: url,
      title: title || url,
      passage: (content ?? "").slice(0, MOST_PASSAGE),
      ...(published_date ? { date: published_date } : {}),
    }));
  }
}
