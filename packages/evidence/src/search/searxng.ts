import { z } from "zod";
import { plainText } from "./plain.js";
import type { Service, Services } from "./services.js";
import { MOST_PASSAGE, MOST_QUERY, rowsOf, type WebResult, type WebSearch } from "./web-search.js";

/** An instance answers 403 for a form that its settings do not name, and JSON is not among the default ones. */
const SEARXNG: Service = {
  title: "SearXNG",
  gapMs: 0,
  advice: "its settings.yml must have json under search.formats, and let us ask without its limiter",
};

const Reply = z.object({
  results: rowsOf(
    z.object({
      title: z.string().nullish(),
      url: z.url(),
      content: z.string().nullish(),
      publishedDate: z.string().nullish(),
    }),
  ),
});

/** Web search by an instance of SearXNG (docs.searxng.org/dev/search_api). */
export class SearxngSearch implements WebSearch {
  readonly provider = "searxng";
  readonly #services: Services;
  readonly #base: string;

  /** @param o.url of the instance, such as `http://127.0.0.1:8888`; it is the person's own choice, so it may be on this machine */
  constructor(o: { services: Services; url: string }) {
    this.#services = o.services;
    this.#base = o.url.replace(/\/+$/, "");
  }

  async search(query: string, o: { limit: number; signal?: AbortSignal }): Promise<WebResult[]> {
    const url = new URL(`${this.#base}/search`);
    url.search = new URLSearchParams({ q: query.slice(0, MOST_QUERY), format: "json" }).toString();
    const reply = await this.#services.askJson(SEARXNG, Reply, { url, signal: o.signal });
    return reply.results.slice(0, o.limit).map(({ title, url: uri, content, publishedDate }) => ({
      uri,
      title: plainText(title ?? "") || uri,
      passage: plainText(content ?? "").slice(0, MOST_PASSAGE),
      ...(publishedDate ? { date: publishedDate } : {}),
    }));
  }
}
