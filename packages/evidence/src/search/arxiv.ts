import { contentWords, plainText } from "./plain.js";
import { otherForm, type Service, type Services } from "./services.js";
import { MOST_PASSAGE, type WebResult, type WebSearch } from "./web-search.js";

/** arXiv's terms of use: one request every three seconds, one connection at a time. */
const ARXIV: Service = { title: "arXiv", gapMs: 3_000, advice: "try again later" };

const ATOM = "http://www.w3.org/2005/Atom";
const MOST_WORDS = 8;
const ALL_OF = 3;

/** Search of arXiv by its API (info.arxiv.org/help/api), which answers with an Atom feed. */
export class ArxivSearch implements WebSearch {
  readonly provider = "arxiv";
  readonly #services: Services;
  readonly #endpoint: string;

  constructor(o: { services: Services; endpoint?: string }) {
    this.#services = o.services;
    this.#endpoint = o.endpoint ?? "https://export.arxiv.org/api/query";
  }

  async search(query: string, o: { limit: number; signal?: AbortSignal }): Promise<WebResult[]> {
    const words = contentWords(query, MOST_WORDS);
    if (words.length === 0) return [];
    const url = new URL(this.#endpoint);
    url.search = new URLSearchParams({
      search_query: words.map((word) => `all:${word}`).join(words.length > ALL_OF ? " OR " : " AND "),
      start: "0",
      max_results: String(Math.min(o.limit, 20)),
      sortBy: "relevance",
    }).toString();
    return (await entriesOf(await this.#services.ask(ARXIV, { url, signal: o.signal }))).slice(0, o.limit);
  }
}

/** The entries of a feed. @throws EvidenceError `search_failed` for what is none, or the entry by which arXiv says what is wrong */
async function entriesOf(feed: string): Promise<WebResult[]> {
  // Loaded by those who use it.
  const { DOMParser, onErrorStopParsing } = await import("@xmldom/xmldom");
  let root: ReturnType<InstanceType<typeof DOMParser>["parseFromString"]>["documentElement"];
  try {
    root = new DOMParser({ onError: onErrorStopParsing }).parseFromString(feed, "text/xml").documentElement;
  } catch (error) {
    throw otherForm(ARXIV, error);
  }
  if (root?.localName !== "feed" || root.namespaceURI !== ATOM) throw otherForm(ARXIV);
  const found: WebResult[] = [];
  for (const entry of root.getElementsByTagNameNS(ATOM, "entry")) {
    const text = (name: string): string =>
      plainText(entry.getElementsByTagNameNS(ATOM, name).item(0)?.textContent ?? "");
    const id = text("id");
    // What was asked wrongly is answered with 200 and an entry of this title.
    if (text("title") === "Error") throw otherForm(ARXIV, new Error(text("summary")));
    if (!/^https?:\/\/(?:www\.)?arxiv\.org\/abs\//.test(id)) throw otherForm(ARXIV);
    const uri = id.replace(/^http:/, "https:");
    const date = text("published");
    found.push({
      uri,
      title: text("title") || uri,
      passage: text("summary").slice(0, MOST_PASSAGE),
      ...(date === "" ? {} : { date }),
      fullText: uri.replace("/abs/", "/pdf/"),
    });
  }
  return found;
}
