import type { IncomingMessage } from "node:http";
import { ArxivSearch } from "../../src/search/arxiv.js";
import { BraveSearch } from "../../src/search/brave.js";
import { CrossrefSearch } from "../../src/search/crossref.js";
import type { Provider } from "../../src/search/names.js";
import { SearxngSearch } from "../../src/search/searxng.js";
import type { Services } from "../../src/search/services.js";
import { TavilySearch } from "../../src/search/tavily.js";
import type { WebResult, WebSearch } from "../../src/search/web-search.js";
import { WikipediaSearch } from "../../src/search/wikipedia.js";

/** What a service was asked. */
export interface Asked {
  readonly url: URL;
  readonly request: IncomingMessage;
  readonly body: string;
}

/** A search with answers as its service documents them. */
interface Case {
  /** @param base of the server that stands in for the service */
  readonly open: (services: Services, base: string) => WebSearch;
  readonly documented: string;
  readonly results: WebResult[];
  /** Nothing was found. */
  readonly empty: string;
  /** A 200 that says that something is wrong. */
  readonly odd: string;
  /** Throws if the question was not asked as documented. */
  readonly check: (asked: Asked) => void;
}

export const QUERY = "How do bees find their way in cities?";
const json = (value: unknown): string => JSON.stringify(value);

export const CASES: Readonly<Record<Provider, Case>> = {
  tavily: {
    open: (services, base) => new TavilySearch({ services, key: "tvly-1", endpoint: `${base}/search` }),
    documented: json({
      query: QUERY,
      results: [
        { title: "Bees", url: "https://bees.org/", content: "They dance.", score: 0.9, published_date: "2026-09-01" },
        { title: "A magnet link", url: "magnet", content: "Of another form.", score: 0.2 },
        { title: "", url: "https://x.org/", content: null, score: 0.1 },
      ],
      response_time: 1,
    }),
    results: [
      { uri: "https://bees.org/", title: "Bees", passage: "They dance.", date: "2026-09-01" },
      { uri: "https://x.org/", title: "https://x.org/", passage: "" },
    ],
    empty: json({ query: QUERY, results: [] }),
    odd: json({ answer: 1 }),
    check: ({ request, body }) => {
      expect(request.headers.authorization).toBe("Bearer tvly-1");
      expect(JSON.parse(body)).toMatchObject({ query: QUERY, max_results: 5 });
    },
  },
  brave: {
    open: (services, base) => new BraveSearch({ services, key: "BSA1", endpoint: `${base}/res/v1/web/search` }),
    documented: json({
      type: "search",
      web: {
        type: "search",
        results: [
          {
            title: "Bees &amp; <strong>cities</strong>",
            url: "https://bees.org/",
            description: "They <strong>dance</strong>.",
            page_age: "2026-09-01T00:00:00",
          },
          { title: "Plain", url: "https://x.org/" },
        ],
      },
    }),
    results: [
      { uri: "https://bees.org/", title: "Bees & cities", passage: "They dance.", date: "2026-09-01T00:00:00" },
      { uri: "https://x.org/", title: "Plain", passage: "" },
    ],
    empty: json({ type: "search" }),
    odd: json({ web: { results: [{ url: 1 }] } }),
    check: ({ url, request }) => {
      expect(request.headers["x-subscription-token"]).toBe("BSA1");
      expect([url.searchParams.get("q"), url.searchParams.get("count")]).toEqual([QUERY, "5"]);
    },
  },
  searxng: {
    open: (services, base) => new SearxngSearch({ services, url: `${base}/` }),
    documented: json({
      query: QUERY,
      number_of_results: 2,
      results: [
        { url: "https://bees.org/", title: "Bees", content: "They dance.", engine: "x", publishedDate: "2026-09-01" },
        { url: "https://x.org/", title: "X", content: "", engine: "y", publishedDate: null },
      ],
      unresponsive_engines: [],
    }),
    results: [
      { uri: "https://bees.org/", title: "Bees", passage: "They dance.", date: "2026-09-01" },
      { uri: "https://x.org/", title: "X", passage: "" },
    ],
    empty: json({ results: [] }),
    odd: "<!doctype html><title>SearXNG</title>",
    check: ({ url }) => {
      expect(url.pathname).toBe("/search");
      expect([url.searchParams.get("q"), url.searchParams.get("format")]).toEqual([QUERY, "json"]);
    },
  },
  wikipedia: {
    open: (services, base) => new WikipediaSearch({ services, endpoint: `${base}/w/api.php` }),
    documented: json({
      batchcomplete: true,
      query: {
        pages: [
          { pageid: 2, ns: 0, title: "Urban beekeeping", index: 2, fullurl: "https://en.wikipedia.org/wiki/U" },
          {
            pageid: 1,
            ns: 0,
            title: "Bee",
            index: 1,
            fullurl: "https://en.wikipedia.org/wiki/Bee",
            extract: "A\nbee.",
          },
        ],
      },
    }),
    results: [
      { uri: "https://en.wikipedia.org/wiki/Bee", title: "Bee", passage: "A bee." },
      { uri: "https://en.wikipedia.org/wiki/U", title: "Urban beekeeping", passage: "" },
    ],
    empty: json({ batchcomplete: true }),
    odd: json({ error: { code: "internal", info: "x" } }),
    check: ({ url }) => {
      // All words of a sentence are on no page.
      expect(url.searchParams.get("gsrsearch")).toBe("bees OR find OR way OR cities");
      expect([url.searchParams.get("gsrlimit"), url.searchParams.get("formatversion")]).toEqual(["5", "2"]);
    },
  },
  arxiv: {
    open: (services, base) => new ArxivSearch({ services, endpoint: `${base}/api/query` }),
    documented: `<?xml version='1.0' encoding='UTF-8'?>
<feed xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/" xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns="http://www.w3.org/2005/Atom">
  <id>https://arxiv.org/api/abc</id><title>arXiv Query: search_query=all:bees</title>
  <link href="https://arxiv.org/api/query" type="application/atom+xml"/><opensearch:totalResults>1</opensearch:totalResults>
  <entry>
    <id>http://arxiv.org/abs/2601.00001v2</id>
    <title>Bees &amp; cities:
      a map</title>
    <updated>2026-01-09T00:00:00Z</updated><published>2026-01-02T00:00:00Z</published>
    <link href="https://arxiv.org/abs/2601.00001v2" rel="alternate" type="text/html"/>
    <link href="https://arxiv.org/pdf/2601.00001v2" rel="related" type="application/pdf" title="pdf"/>
    <summary>We show that 3 &lt; 4
      bees agree.</summary>
    <author><name>A. Bee</name></author>
  </entry>
</feed>`,
    results: [
      {
        uri: "https://arxiv.org/abs/2601.00001v2",
        title: "Bees & cities: a map",
        passage: "We show that 3 < 4 bees agree.",
        date: "2026-01-02T00:00:00Z",
        fullText: "https://arxiv.org/pdf/2601.00001v2",
      },
    ],
    empty: `<feed xmlns="http://www.w3.org/2005/Atom"><title>arXiv Query</title></feed>`,
    odd: `<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>http://arxiv.org/api/errors#x</id><title>Error</title><summary>x</summary></entry></feed>`,
    check: ({ url }) => {
      expect(url.searchParams.get("search_query")).toBe("all:bees OR all:find OR all:way OR all:cities");
      expect(url.searchParams.get("max_results")).toBe("5");
    },
  },
  crossref: {
    open: (services, base) => new CrossrefSearch({ services, mailto: "a@b.org", endpoint: `${base}/works` }),
    documented: json({
      status: "ok",
      "message-type": "work-list",
      message: {
        "total-results": 2,
        items: [
          {
            DOI: "10.1000/bee<1>",
            title: ["Bees in <i>cities</i>"],
            abstract: "<jats:title>Abstract</jats:title><jats:p>They dance.</jats:p>",
            issued: { "date-parts": [[2024, 3, 9]] },
          },
          { DOI: "10.1000/2", title: [], "container-title": ["Apidologie"], issued: { "date-parts": [[null]] } },
        ],
      },
    }),
    results: [
      {
        uri: "https://doi.org/10.1000/bee%3C1%3E",
        title: "Bees in cities",
        passage: "They dance.",
        date: "2024-03-09",
      },
      { uri: "https://doi.org/10.1000/2", title: "10.1000/2", passage: "Apidologie" },
    ],
    empty: json({ message: { items: [] } }),
    odd: json({ status: "failed", message: [{ type: "parameter-not-found" }] }),
    check: ({ url }) => {
      expect(url.searchParams.get("query.bibliographic")).toBe(QUERY);
      expect([url.searchParams.get("rows"), url.searchParams.get("mailto")]).toEqual(["5", "a@b.org"]);
    },
  },
};
