import { quantize } from "../src/search/embedder.js";
import { lexicalEmbedder } from "../src/search/lexical.js";
import { matchExpression, queryWords, withCorrections } from "../src/search/query.js";
import { fuse } from "../src/search/rank.js";
import { editDistance, nearestWords } from "../src/search/spelling.js";

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

describe("matchExpression", () => {
  it.each([
    ["the yield on Base", '"yield" OR "base"'],
    ["to be or not to be", '"to" OR "be" OR "or" OR "not"'],
    ['"a phrase" AND NOT (title:x) NEAR/3 y*', '"phrase" OR "title" OR "x" OR "near" OR "3" OR "y"'],
    ["Ｆｕｌｌ width", '"full" OR "width"'],
    ["東京 tower", '"東 京" OR "tower"'],
    ["字", '"字"'],
  ])("turns %j into %s", (query, expression) => {
    expect(matchExpression(queryWords(query))).toBe(expression);
  });

  it.each(["", "   ", "!!! ??? ---", '"""', "\u0000\u0001", "\uD800", "🙂🙃"])("finds no word in %j", (query) => {
    expect(matchExpression(queryWords(query))).toBeUndefined();
  });

  it("looks at a bounded part of a long question", () => {
    const expression = matchExpression(queryWords(Array.from({ length: 10_000 }, (_, i) => `w${i}`).join(" ")));
    expect(expression?.split(" OR ")).toHaveLength(48);
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

  it("takes the nearest words only, and none for a short word", () => {
    const known = ["liquidation", "liquidations", "levitation", "tide", "tile"];
    expect(nearestWords("liqudation", known)).toEqual(["liquidation"]);
    expect(nearestWords("tixe", known)).toEqual(["tide", "tile"]);
    expect(nearestWords("tie", known)).toEqual([]);
    expect(withCorrections(["the", "constructor"], { the: ["thee"] })).toEqual(["the", "thee", "constructor"]);
  });
});

describe("fuse", () => {
  it("puts first what stands high in both lists, and gives an article the rank of its best passage once", () => {
    const articleOf = (passage: number) => Math.floor(passage / 10);
    const fused = fuse(
      [
        [10, 11, 20, 30],
        [30, 20, 11],
      ],
      articleOf,
    );
    expect(fused.map(({ group }) => group)).toEqual([1, 3, 2]);
    expect(fused.map(({ best }) => best)).toEqual([11, 30, 20]);
    expect(fused[0]?.score).toBeCloseTo(1 / 61 + 1 / 63);
  });
});
