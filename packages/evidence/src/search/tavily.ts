import { fetch } from "undici";
import { z } from "zod";
import { EvidenceError } from "../errors.js";
import type { WebResult, WebSearch } from "./web-search.js";

const DEADLINE_MS = 20_000;
const MAX_QUERY = 400;

const Reply = z.object({
  results: z.array(
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
  readonly #key: string;
  readonly #endpoint: string;

  /** @param o.endpoint a proxy that speaks the same interface */
  constructor(o: { key: string; endpoint?: string }) {
    this.#key = o.key;
    this.#endpoint = o.endpoint ?? "https://api.tavily.com/search";
  }

  async search(query: string, o: { limit: number; signal?: AbortSignal }): Promise<WebResult[]> {
    const deadline = AbortSignal.timeout(DEADLINE_MS);
    const { status, body } = await this.#ask(
      query,
      o.limit,
      o.signal ? AbortSignal.any([o.signal, deadline]) : deadline,
    );
    if (status === 401 || status === 403) {
      throw new EvidenceError("search_failed", "Tavily refuses the key: correct TAVILY_API_KEY or unset it.");
    }
    if (status === 429 || status === 432 || status === 433) {
      throw new EvidenceError(
        "search_failed",
        "Tavily's limit for this key is used up: wait, or give sources with --sources.",
      );
    }
    if (status !== 200)
      throw new EvidenceError("search_failed", `Tavily answered with status ${status}: try again later.`);
    const reply = Reply.safeParse(body);
    if (!reply.success) {
      throw new EvidenceError("search_failed", "Tavily's answer has another form than documented: try again later.", {
        cause: reply.error,
      });
    }
    return reply.data.results.slice(0, o.limit).map(({ title, url, content, published_date }) => ({
      uri: url,
      title: title || url,
      passage: content ?? "",
      ...(published_date ? { date: published_date } : {}),
    }));
  }

  async #ask(query: string, limit: number, signal: AbortSignal): Promise<{ status: number; body: unknown }> {
    try {
      const response = await fetch(this.#endpoint, {
        method: "POST",
        headers: { authorization: `Bearer ${this.#key}`, "content-type": "application/json" },
        body: JSON.stringify({
          query: query.slice(0, MAX_QUERY),
          max_results: Math.min(limit, 20),
          search_depth: "basic",
        }),
        redirect: "error",
        signal,
      });
      const text = await response.text();
      return { status: response.status, body: response.ok ? JSON.parse(text) : undefined };
    } catch (error) {
      const isLate = error instanceof Error && error.name === "TimeoutError";
      const message = isLate
        ? "Tavily did not answer in time: try again later."
        : "Tavily cannot be reached: check the network.";
      throw new EvidenceError(isLate ? "timed_out" : "search_failed", message, { cause: error });
    }
  }
}
