import { type IndexedArticle, type IndexQuery, type KnowledgeIndex, lexicalEmbedder } from "../../src/index.js";
import { quantize } from "../../src/search/embedder.js";
import { asQuery } from "../../src/search/question.js";

/** What every {@link KnowledgeIndex} must do; `make` gives an empty one for vectors of the lexical embedder. */
export function conformance(name: string, make: () => Promise<KnowledgeIndex>): void {
  describe(`${name} is a knowledge index`, () => {
    let index: KnowledgeIndex;
    beforeAll(async () => {
      index = await make();
      for (const article of await articles()) await index.add(article);
    });
    afterAll(async () => await index?.[Symbol.asyncDispose]());

    const found = async (question: string, o: Partial<IndexQuery> = {}) => {
      const hits = await index.query({ ...(await ask(question)), limit: 10, ...o });
      return hits.map(({ article }) => article);
    };

    it("finds by words, by vectors and by both, each article once, the best first", async () => {
      expect((await found("how the moon moves the ocean", { vector: undefined }))[0]).toBe("tides");
      expect((await found("how the moon moves the ocean", { words: [] }))[0]).toBe("tides");
      const both = await found("lenders who liquidate a borrower");
      expect(both.slice(0, 2).sort()).toEqual(["loans", "risk"]);
      expect(new Set(both).size).toBe(both.length);
    });

    it("gives the passage that answers, where it stands, and how near it is", async () => {
      const [hit] = await index.query({ ...(await ask("lighthouse keepers")), limit: 1 });
      expect(hit).toMatchObject({ article: "tides", passage: 1, text: TEXTS.tides?.[1], start: 1000, end: 1500 });
      expect(hit?.similarity).toBeGreaterThan(0.2);
      expect(hit?.similarity).toBeLessThanOrEqual(1);
    });

    it("finds nothing where nothing is asked, and nothing that has nothing in common", async () => {
      expect(await found("?!")).toEqual([]);
      expect(await found("xylophone quartz")).toEqual([]);
    });

    it("gives at most what is asked for", async () => {
      expect(await found("the moon, the market, the glacier and the lenders", { limit: 2 })).toHaveLength(2);
    });

    it.each<[string, IndexQuery["filter"], string[]]>([
      ["an author", { author: "key-b" }, ["ice", "risk"]],
      ["a tag", { tag: "sea" }, ["ice", "tides"]],
      ["a language and its regions", { language: "pt" }, ["risk"]],
      ["a region", { language: "en-GB" }, ["tides"]],
      ["a time and later", { since: "2026-03-01T00:00:00Z" }, ["ice", "risk"]],
      ["before a time", { until: "2026-03-01T00:00:00Z" }, ["loans", "tides"]],
      ["some articles", { articles: ["loans", "nobody"] }, ["loans"]],
      ["no article", { articles: [] }, []],
      ["several things at once", { tag: "sea", author: "key-a" }, ["tides"]],
      ["nobody", { author: "key-a'; --" }, []],
    ])("filters by %s", async (_name, filter, expected) => {
      expect((await found("water market moon ice lenders", { filter })).sort()).toEqual(expected);
      expect((await found("water market moon ice lenders", { filter, words: [] })).sort()).toEqual(expected);
    });

    it("keeps the latest version of an article, whatever comes when, and brings a removed one back with a later one", async () => {
      const [first] = await articles();
      const version = async (seq: number, text: string) =>
        await index.add(await article({ ...first, id: "changing", seq, texts: [text] }));
      await version(20, "Sturgeons spawn in the river.");
      await version(20, "Never taken: the same version again.");
      await version(10, "Never taken: an older version.");
      expect(await found("sturgeons spawn")).toContain("changing");
      await version(30, "Beavers dam the brook.");
      expect(await found("sturgeons spawn")).not.toContain("changing");
      expect((await found("beavers dam the brook"))[0]).toBe("changing");
      expect(await index.stats()).toEqual({ articles: 5, passages: 6 });
      await index.remove("changing");
      await index.remove("nobody");
      await version(30, "Never taken: removed.");
      expect(await found("beavers dam the brook")).not.toContain("changing");
      expect(await index.stats()).toEqual({ articles: 4, passages: 5 });
      await version(40, "Otters play in the reeds.");
      expect((await found("otters in the reeds"))[0]).toBe("changing");
      await index.remove("changing");
    });
  });
}

const TEXTS: Readonly<Record<string, readonly string[]>> = {
  tides: [
    "The moon moves the water of the ocean twice a day.",
    "Lighthouse keepers wrote down the height of the flood.",
  ],
  loans: ["Lenders liquidate a borrower whose collateral is too small for the market."],
  ice: ["Glacier ice melts into water where the warm current meets it."],
  risk: ["A market of lenders fails when every borrower is liquidated at once."],
};

async function articles(): Promise<IndexedArticle[]> {
  return await Promise.all([
    article({
      id: "tides",
      seq: 1,
      author: "key-a",
      tags: ["sea", "moon"],
      language: "en-GB",
      publishedAt: "2026-01-05T10:00:00.000Z",
    }),
    article({
      id: "loans",
      seq: 2,
      author: "key-a",
      tags: ["defi"],
      language: "en",
      publishedAt: "2026-02-28T23:59:59.999Z",
    }),
    article({ id: "ice", seq: 3, author: "key-b", tags: ["sea"], publishedAt: "2026-03-01T00:00:00.000Z" }),
    article({
      id: "risk",
      seq: 4,
      author: "key-b",
      tags: [],
      language: "pt-BR",
      publishedAt: "2026-04-01T00:00:00.000Z",
    }),
  ]);
}

async function article(
  o: Partial<IndexedArticle> & { id: string; seq: number; texts?: readonly string[] },
): Promise<IndexedArticle> {
  const { texts = TEXTS[o.id] ?? [], ...rest } = o;
  const vectors = await lexicalEmbedder.embed(texts, "passage");
  const passages = texts.map((text, i) => ({
    heading: "",
    text,
    start: i * 1000,
    end: i * 1000 + 500,
    vector: quantize(vectors[i] ?? new Float32Array()),
  }));
  return { title: "", author: "", tags: [], publishedAt: new Date(0).toISOString(), ...rest, passages };
}

async function ask(question: string): Promise<Omit<IndexQuery, "limit">> {
  const { asked: _asked, ...query } = await asQuery(question, lexicalEmbedder, { corrections: async () => ({}) });
  return query;
}
