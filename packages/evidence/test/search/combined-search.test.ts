import { EvidenceError } from "../../src/errors.js";
import { CombinedSearch } from "../../src/search/combined-search.js";
import { mergeResults } from "../../src/search/merge.js";
import { defaultProviders, type Provider } from "../../src/search/names.js";
import type { WebResult, WebSearch } from "../../src/search/web-search.js";

const hit = (uri: string, title = uri, passage = ""): WebResult => ({ uri, title, passage });

describe("hits of several searches", () => {
  it("stand above others when two have them, whatever the spelling of their address", () => {
    const first = [hit("https://a.org/1"), hit("http://www.b.org/page/#part", "B", "short")];
    const second = [hit("https://c.org/"), hit("https://b.org/page?utm_source=x", "B", "a longer passage")];
    const merged = mergeResults([first, second], 10);
    expect(merged.map(({ uri }) => uri)).toEqual(["http://www.b.org/page/#part", "https://a.org/1", "https://c.org/"]);
    expect(merged[0]?.passage).toBe("a longer passage");
  });

  it("are one under one long title, and two under a short one", () => {
    const long = "How bees find their way in large cities";
    const papers = [[hit("https://arxiv.org/abs/1", long)], [hit("https://doi.org/2", `${long}.`)]];
    expect(mergeResults(papers, 10)).toHaveLength(1);
    expect(mergeResults([[hit("https://a.org/", "Home")], [hit("https://b.org/", "Home")]], 10)).toHaveLength(2);
  });

  it("are no more than were asked for, the best first", () => {
    const list = (host: string) => Array.from({ length: 5 }, (_, i) => hit(`https://${host}/${i}`));
    const merged = mergeResults([list("a.org"), list("b.org")], 3);
    expect(merged.map(({ uri }) => uri)).toEqual(["https://a.org/0", "https://b.org/0", "https://a.org/1"]);
  });
});

test("several searches say which of them has failed, lose nothing of the others, and ask nothing twice", async () => {
  const kept = new Map<string, readonly WebResult[]>();
  const cache = {
    get: async (question: string) => kept.get(question),
    put: async (question: string, results: readonly WebResult[]) => void kept.set(question, results),
  };
  const calls: Provider[] = [];
  const search = (provider: Provider, answer: () => WebResult[]): WebSearch => ({
    provider,
    search: async () => {
      calls.push(provider);
      return answer();
    },
  });
  const good = search("wikipedia", () => [hit("https://a.org/"), hit("javascript:alert(1)")]);
  const bad = search("arxiv", () => {
    throw new EvidenceError("search_failed", "arXiv cannot be reached.");
  });
  const combined = new CombinedSearch([good, bad], cache);
  expect(await combined.search("bees", { limit: 5 })).toEqual({
    results: [hit("https://a.org/")],
    failed: [{ provider: "arxiv", message: "arXiv cannot be reached." }],
  });
  await combined.search(" bees ", { limit: 5 });
  // What was answered is known; what was not is asked again.
  expect(calls).toEqual(["wikipedia", "arxiv", "arxiv"]);
  await combined.search("bees", { limit: 6 });
  expect(calls.filter((name) => name === "wikipedia")).toHaveLength(2);
});

test("without names, searches are those with a key; without keys and sources those that need none", () => {
  const keys = { BRAVE_API_KEY: "x", TAVILY_API_KEY: "y" };
  expect(defaultProviders(keys, { hasSources: true })).toEqual(["tavily", "brave"]);
  expect(defaultProviders({ SEARXNG_URL: "http://127.0.0.1:1" }, { hasSources: false })).toEqual(["searxng"]);
  expect(defaultProviders({ TAVILY_API_KEY: "" }, { hasSources: true })).toEqual([]);
  expect(defaultProviders({}, { hasSources: false })).toEqual(["wikipedia", "arxiv", "crossref"]);
});
