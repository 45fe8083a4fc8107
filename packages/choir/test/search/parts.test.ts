import { quantize } from "../../src/search/embedder.js";
import { feedbackPassages, withFeedback } from "../../src/search/feedback.js";
import { placesOf, windowOf } from "../../src/search/highlight.js";
import { lexicalEmbedder } from "../../src/search/lexical.js";
import { copiesLast } from "../../src/search/near-copies.js";
import { queryWords, withCorrections } from "../../src/search/query.js";
import { fuse } from "../../src/search/rank.js";
import { Speller } from "../../src/search/speller.js";
import { editDistance } from "../../src/search/spelling.js";
import { withSupport } from "../../src/search/support.js";
import { Top } from "../../src/search/top.js";
import { packCounts, unpackCounts } from "../../src/search/word-counts.js";

async function cosine(a: string, b: string): Promise<number> {
  const [x, y] = (await lexicalEmbedder.embed([a, b], "passage")).map(quantize);
  if (!x || !y) throw new Error("no vectors");
  const dot = (p: Int8Array, q: Int8Array) => p.reduce((sum, value, i) => sum + value * (q[i] ?? 0), 0);
  return dot(x, y) / Math.sqrt(dot(x, x) * dot(y, y));
}

describe("lexicalEmbedder", () => {
  it("gives one vector of its dimensions for each text, the same every time", async () => {
    const texts = ["one", "", "two words", "字"];
    const vectors = await lexicalEmbedder.embed(texts, "passage");
    expect(vectors.map((vector) => vector.length)).toEqual(texts.map(() => lexicalEmbedder.dimensions));
    expect(await lexicalEmbedder.embed(texts, "query")).toEqual(vectors);
  });

  it("is near for the same words, a typo and another ending, and far for other words", async () => {
    expect(await cosine("lending markets", "lending markets")).toBeCloseTo(1);
    expect(await cosine("liquidation of collateral", "liqudation of colateral")).toBeGreaterThan(0.3);
    expect(await cosine("lending market", "lenders and markets")).toBeGreaterThan(0.3);
    expect(Math.abs(await cosine("lending market", "glacier summit"))).toBeLessThan(0.25);
  });
});

describe("queryWords", () => {
  it.each([
    ["the yield on Base", ["yield", "base"]],
    ["to be or not to be", ["to", "be", "or", "not", "to", "be"]],
    ['"a phrase" AND NOT (title:x) NEAR/3 y*', ["phrase", "title", "x", "near", "3", "y"]],
    ["Ｆｕｌｌ width", ["full", "width"]],
    ["Crème brûlée, Ἀθῆναι", ["creme", "brulee", "αθηναι"]],
    ["東京湾 tower", ["東京", "京湾", "tower"]],
    ["字", ["字"]],
  ])("turns %j into %j", (query, expected) => {
    expect(queryWords(query)).toEqual(expected);
  });

  it.each(["", "   ", "!!! ??? ---", '"""', "\u0000\u0001", "\uD800", "🙂🙃"])("finds no word in %j", (query) => {
    expect(queryWords(query)).toEqual([]);
  });

  it("looks at a bounded part of a long question", () => {
    expect(queryWords(Array.from({ length: 10_000 }, (_, i) => `w${i}`).join(" "))).toHaveLength(48);
  });
});

describe("spelling", () => {
  it.each([
    ["same", "same", 0],
    ["", "abc", 3],
    ["harbor", "harbour", 1],
    ["habrour", "harbour", 1],
    ["liqudiation", "liquidation", 1],
    ["liquadaton", "liquidation", 2],
    ["kitten", "sitting", 3],
  ])("counts the edits from %j to %j", (a, b, edits) => {
    expect(editDistance(a, b, 9)).toBe(edits);
    expect(editDistance(b, a, 9)).toBe(edits);
    if (edits > 0) expect(editDistance(a, b, edits - 1)).toBeGreaterThan(edits - 1);
  });

  it("takes the nearest words only, for three letters those with one more, and none for two", () => {
    const known = ["liquidation", "liquidations", "levitation", "tide", "tile"];
    const speller = new Speller();
    for (const [number, word] of known.entries()) speller.add(word, number);
    const nearest = (word: string) => speller.nearest(word).map((number) => known[number]);
    expect(nearest("liqudation")).toEqual(["liquidation"]);
    expect(nearest("tixe")).toEqual(["tide", "tile"]);
    expect(nearest("tde")).toEqual(["tide"]);
    expect(nearest("tilx")).toEqual(["tile"]);
    expect(nearest("til")).toEqual(["tile"]);
    expect(nearest("ti")).toEqual([]);
  });

  it("puts corrections in the place of the word, each with its part of the weight", () => {
    const corrections = {
      tixe: [
        { word: "tide", weight: 0.75 },
        { word: "tile", weight: 0.25 },
      ],
    };
    expect(withCorrections(["tixe", "constructor"], corrections)).toEqual([
      { word: "tide", weight: 0.75 },
      { word: "tile", weight: 0.25 },
      { word: "constructor", weight: 1 },
    ]);
  });

  it("counts what is said in several forms as the root of their number", () => {
    expect(withCorrections(["tides", "moon", "tide", "tide", "tide"], {})).toEqual([
      { word: "tides", weight: 0.5 },
      { word: "moon", weight: 1 },
      ...Array.from({ length: 3 }, () => ({ word: "tide", weight: 0.5 })),
    ]);
  });
});

describe("withFeedback", () => {
  const answers = [
    { score: 3, stems: new Map([[7, 1]]) },
    { score: 1, stems: new Map([[8, 1]]) },
  ];
  const asked = (words: number) => new Map(Array.from({ length: words }, (_, stem) => [100 + stem, 1]));

  it.each([
    [5, 0.08],
    [8, 0.2],
    [40, 0.4],
  ])("lets the answers to a question of %i words count %f, each by its score", (words, share) => {
    const all = withFeedback(asked(words), answers);
    expect(all.get(7)).toBeCloseTo(share * 0.75, 12);
    expect(all.get(8)).toBeCloseTo(share * 0.25, 12);
    expect(all.get(100)).toBeCloseTo((1 - share) / words, 12);
  });

  it("leaves a name as it is", () => {
    expect(withFeedback(asked(3), answers)).toEqual(asked(3));
  });

  it("takes fewer answers of a small collection", () => {
    expect([0, 1, 20, 21, 100, 5_000].map(feedbackPassages)).toEqual([0, 1, 1, 2, 5, 8]);
  });
});

describe("withSupport", () => {
  const says = new Map([
    [1, new Map([[10, 1]])],
    [2, new Map([[20, 1]])],
    [
      3,
      new Map([
        [20, 2],
        [21, 1],
      ]),
    ],
    [
      4,
      new Map([
        [20, 1],
        [22, 1],
      ]),
    ],
    [5, new Map<number, number>()],
  ]);
  const saysOf = (passage: number) => says.get(passage) ?? new Map<number, number>();
  const found = (...passages: number[]) =>
    passages.map((passage, i) => ({ article: passage, passage, score: 1 - i / 50 }));
  const order = (articles: number, ...passages: number[]) =>
    withSupport(found(...passages), articles, saysOf).map(({ passage }) => passage);

  it("moves those up that say what the others say, and nothing far", () => {
    expect(order(1_000, 1, 2, 3, 4)).toEqual([2, 3, 4, 1]);
    const far = withSupport([...found(1, 2), { article: 4, passage: 4, score: 0.5 }], 1_000, saysOf);
    expect(far.at(-1)?.passage).toBe(4);
  });

  it("lets no copy speak for its like", () => {
    says.set(6, new Map([[10, 3]]));
    expect(order(1_000, 2, 3, 4, 1, 6).slice(0, 3)).toEqual([2, 3, 4]);
    expect(order(1_000, 1, 6)).toEqual([1, 6]);
  });

  it("compares fewer of a small collection, and leaves what says nothing where it is", () => {
    expect(order(8, 1, 2, 3, 4)).toEqual([1, 2, 3, 4]);
    expect(order(1_000, 5)).toEqual([5]);
    expect(order(1_000)).toEqual([]);
  });
});

describe("packCounts", () => {
  it("gives back what was put in, in the order of the words", () => {
    const counts = new Map([
      [900_000, 1],
      [0, 2],
      [127, 300],
      [128, 7],
    ]);
    const found: [number, number][] = [];
    unpackCounts(packCounts(counts), (word, count) => found.push([word, count]));
    expect(found).toEqual([...counts].sort(([a], [b]) => a - b));
  });
});

describe("Top", () => {
  it("keeps the best, of equal ones the lowest, in any order that they come in", () => {
    for (let seed = 1; seed < 20; seed++) {
      const items = Array.from({ length: 50 }, (_, item) => ({
        item: (item * seed * 7) % 50,
        score: (item * seed) % 9,
      }));
      const distinct = [...new Map(items.map((one) => [one.item, one])).values()];
      const top = new Top(10);
      for (const { item, score } of distinct) top.offer(item, score);
      const expected = distinct.sort((a, b) => b.score - a.score || a.item - b.item).slice(0, 10);
      expect(top.sorted()).toEqual(expected);
    }
  });
});

describe("highlights", () => {
  it("are the words of the question in any form, with their places", () => {
    const text = "Liquidations: the lender liquidates. 東京湾の水位";
    const places = placesOf(["liquidation", "東京", "京湾"], text);
    expect(places.map(({ start, end }) => text.slice(start, end))).toEqual(["Liquidations", "liquidates", "東京湾"]);
  });

  it("decide which part of a long passage is shown, which is cut between words and never in a character", () => {
    const text = `${"filler words ".repeat(100)}the lender liquidates ${"🙂".repeat(600)}`;
    const places = placesOf(["lender", "liquidate"], text);
    const { start, end } = windowOf(text, places, 500);
    const shown = text.slice(start, end);
    expect(shown).toContain("lender liquidates");
    expect(shown.length).toBeLessThanOrEqual(500);
    expect(shown).toMatch(/^(filler|words)/);
    expect(Buffer.from(shown).toString()).toBe(shown);
  });
});

describe("fuse", () => {
  const found = (article: number, score: number, passage = article * 10) => ({ article, passage, score });

  it("adds the shares of the best of both lists, and shows the passage of the words", () => {
    const fused = fuse([found(1, 8, 11), found(2, 4)], [found(3, 0.9), found(1, 0.6), found(2, 0.45)], 0.5);
    expect(fused).toEqual([found(1, 1 + 1 / 3, 11), found(2, 0.75), found(3, 0.5)]);
  });

  it("leaves the order to the vectors where no word is found", () => {
    expect(fuse([], [found(3, 0.9), found(1, 0.6)], 0.1).map(({ article }) => article)).toEqual([3, 1]);
  });
});

describe("copiesLast", () => {
  it("puts what is the same as a better result behind the others, and what is only alike not", () => {
    const vectors = [
      [9, 1],
      [9, 2],
      [1, 9],
      [9, 1],
      [0, 0],
    ].map((numbers) => Int8Array.from(numbers));
    const found = vectors.map((_, i) => ({ article: i, passage: i, score: 5 - i }));
    const order = copiesLast(found, (passage) => vectors[passage] ?? new Int8Array()).map(({ article }) => article);
    expect(order).toEqual([0, 1, 2, 4, 3]);
  });
});
