import { z } from "zod";
import { plainText } from "./plain.js";
import type { Service, Services } from "./services.js";
import { MOST_PASSAGE, MOST_QUERY, rowsOf, type WebResult, type WebSearch } from "./web-search.js";

/** The smallest plan allows one question a second. */
const BRAVE: Service = { title: "Brave", gapMs: 1_000, advice: "correct BRAVE_API_KEY or unset it" };

/** A question without hits has no `web`. */
const Reply = z.object({
  web: z
    .object({
      results: rowsOf(
        z.object({
          title: z.string(),
          url: z.url(),
          description: z.string().nullish(),
          page_age: z.string().nullish(),
        }),
      ),
    })
    .nullish(),
});

/** Web search by Brave's HTTP interface (api-dashboard.search.brave.com). */
export class BraveSearch implements WebSearch {
  readonly provider = "brave";
  readonly #services: Services;
  readonly #key: string;
  readonly #endpoint: string;

  constructor(o: { services: Services; key: string; endpoint?: string }) {
    this.#services = o.services;
    this.#key = o.key;
    this.#endpoint = o.endpoint ?? "https://api.search.brave.com/res/v1/web/search";
  }

  async search(query: string, o: { limit: number; signal?: AbortSignal }): Promise<WebResult[]> {
    const url = new URL(this.#endpoint);
    url.search = new URLSearchParams({
      q: query.slice(0, MOST_QUERY),
      count: String(Math.min(o.limit, 20)),
    }).toString();
    const headers = { accept: "application/json", "x-subscription-token": this.#key };
    const reply = await this.#services.askJson(BRAVE, Reply, { url, headers, signal: o.signal });
    return (reply.web?.results ?? []).slice(0, o.limit).map(({ title, url: uri, description, page_age }) => ({
      uri,
      title: plainText(title) || uri,
      passage: plainText(description ?? "").slice(0, MOST_PASSAGE),
      ...(page_age ? { date: page_age } : {}),
    }));
  }
}
