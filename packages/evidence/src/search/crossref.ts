import { z } from "zod";
import { plainText } from "./plain.js";
import type { Service, Services } from "./services.js";
import { MOST_PASSAGE, MOST_QUERY, type WebResult, type WebSearch } from "./web-search.js";

/** Its polite pool answers three lists a second, the public one fewer. */
const CROSSREF: Service = { title: "Crossref", gapMs: 1_000, advice: "name your address in VIBEWRITER_CONTACT" };

const Reply = z.object({
  message: z.object({
    items: z.array(
      z.object({
        DOI: z.string(),
        title: z.array(z.string()).nullish(),
        abstract: z.string().nullish(),
        "container-title": z.array(z.string()).nullish(),
        issued: z.object({ "date-parts": z.array(z.array(z.number().nullable())) }).nullish(),
      }),
    ),
  }),
});
type Item = z.infer<typeof Reply>["message"]["items"][number];

/** Search of published works by Crossref's REST API (api.crossref.org). */
export class CrossrefSearch implements WebSearch {
  readonly provider = "crossref";
  readonly #services: Services;
  readonly #mailto: string | undefined;
  readonly #endpoint: string;

  /** @param o.mailto whom to write to: it is asked for in return for the polite pool */
  constructor(o: { services: Services; mailto?: string; endpoint?: string }) {
    this.#services = o.services;
    this.#mailto = o.mailto;
    this.#endpoint = o.endpoint ?? "https://api.crossref.org/works";
  }

  async search(query: string, o: { limit: number; signal?: AbortSignal }): Promise<WebResult[]> {
    const url = new URL(this.#endpoint);
    url.search = new URLSearchParams({
      "query.bibliographic": query.slice(0, MOST_QUERY),
      rows: String(Math.min(o.limit, 20)),
      select: "DOI,title,abstract,container-title,issued",
      ...(this.#mailto === undefined ? {} : { mailto: this.#mailto }),
    }).toString();
    const reply = await this.#services.askJson(CROSSREF, Reply, { url, signal: o.signal });
    return reply.message.items.slice(0, o.limit).map(resultOf);
  }
}

function resultOf(item: Item): WebResult {
  const date = dateOf(item);
  const abstract = plainText(item.abstract ?? "").replace(/^abstract[:.]?\s+/i, "");
  return {
    uri: `https://doi.org/${item.DOI.split("/").map(encodeURIComponent).join("/")}`,
    title: plainText(item.title?.[0] ?? "") || item.DOI,
    passage: (abstract || plainText(item["container-title"]?.[0] ?? "")).slice(0, MOST_PASSAGE),
    ...(date === undefined ? {} : { date }),
  };
}

/** As precise as it was given: `2024`, `2024-03` or `2024-03-09`. */
function dateOf({ issued }: Item): string | undefined {
  const parts = issued?.["date-parts"][0]?.filter((part) => part !== null) ?? [];
  return parts.length === 0 ? undefined : parts.map((part) => String(part).padStart(2, "0")).join("-");
}
