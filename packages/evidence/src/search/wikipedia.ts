import { z } from "zod";
import { contentWords } from "./plain.js";
import { otherForm, type Service, type Services } from "./services.js";
import { MOST_PASSAGE, type WebResult, type WebSearch } from "./web-search.js";

const WIKIPEDIA: Service = {
  title: "Wikipedia",
  gapMs: 3_000,
  advice: "name a contact in VIBEWRITER_CONTACT, which it asks of its callers",
};

/** A question without hits has no `query`. */
const Reply = z.object({
  query: z
    .object({
      pages: z.array(
        z.object({ title: z.string(), index: z.number(), fullurl: z.url(), extract: z.string().nullish() }),
      ),
    })
    .nullish(),
  error: z.object({ info: z.string() }).optional(),
});

const MOST_WORDS = 8;
/** So many words at most must all be there; of more, any. */
const ALL_OF = 3;

/** Search of the English Wikipedia by its action API (mediawiki.org/wiki/API:Search), with the beginnings of the pages. */
export class WikipediaSearch implements WebSearch {
  readonly provider = "wikipedia";
  readonly #services: Services;
  readonly #endpoint: string;

  constructor(o: { services: Services; endpoint?: string }) {
    this.#services = o.services;
    this.#endpoint = o.endpoint ?? "https://en.wikipedia.org/w/api.php";
  }

  async search(query: string, o: { limit: number; signal?: AbortSignal }): Promise<WebResult[]> {
    const words = contentWords(query, MOST_WORDS);
    if (words.length === 0) return [];
    const url = new URL(this.#endpoint);
    url.search = new URLSearchParams({
      action: "query",
      format: "json",
      formatversion: "2",
      generator: "search",
      gsrsearch: words.join(words.length > ALL_OF ? " OR " : " "),
      gsrlimit: String(Math.min(o.limit, 20)),
      prop: "extracts|info",
      inprop: "url",
      exintro: "1",
      explaintext: "1",
      exlimit: "20",
    }).toString();
    const reply = await this.#services.askJson(WIKIPEDIA, Reply, { url, signal: o.signal });
    if (reply.error !== undefined) throw otherForm(WIKIPEDIA, new Error(reply.error.info));
    const pages = [...(reply.query?.pages ?? [])].sort((a, b) => a.index - b.index);
    return pages.slice(0, o.limit).map(({ title, fullurl, extract }) => ({
      uri: fullurl,
      title,
      passage: (extract ?? "").replace(/\s+/g, " ").trim().slice(0, MOST_PASSAGE),
    }));
  }
}
