import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type IndexedArticle, lexicalEmbedder, SqliteIndex } from "../../src/index.js";
import { quantize } from "../../src/search/embedder.js";
import { built } from "../support/built.js";
import { conformance } from "./conformance.js";

let folder: string;
beforeAll(async () => {
  await built();
  folder = await mkdtemp(join(tmpdir(), "vw-index-"));
});
afterAll(async () => await rm(folder, { recursive: true, force: true }));

conformance("SqliteIndex", () => SqliteIndex.open(join(folder, "suite.sqlite"), lexicalEmbedder));

describe("corrections", () => {
  it("are the nearest words, those first that stand beside the others of the question, or have the nearest stem; of years there are none", async () => {
    await using index = await SqliteIndex.open(join(folder, "corrections.sqlite"), lexicalEmbedder);
    const texts = [
      "The tide rises in the harbour.",
      "A tile lies on the roof.",
      "Another tile of the same roof, laid in 1979.",
      "Neither of them.",
    ];
    for (const [seq, text] of texts.entries()) await index.add(await article(`a${seq}`, seq + 1, text));
    const words = async (...asked: string[]) => {
      const found = await index.corrections(asked);
      return Object.fromEntries(Object.entries(found).map(([word, all]) => [word, all.map((one) => one.word)]));
    };
    expect(await words("harbour", "tixe")).toEqual({ tixe: ["tide"] });
    expect(await words("roofs", "tixe")).toEqual({ tixe: ["tile"] });
    expect(await words("tixe")).toEqual({ tixe: ["tile", "tide"] });
    expect(await words("tixe", "neither")).toEqual({ tixe: ["tile", "tide"] });
    expect(await words("harbour", "rosing")).toEqual({ rosing: ["rises"] });
    expect(await words("1978", "harbour", "tides", "__proto__")).toEqual({});
    const { tixe = [] } = await index.corrections(["harbour", "roof", "tixe"]);
    expect(tixe.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 12);
  });
});

async function article(id: string, seq: number, text: string): Promise<IndexedArticle> {
  const [vector = new Float32Array()] = await lexicalEmbedder.embed([text], "passage");
  const passages = [{ heading: "", text, start: 0, end: text.length, vector: quantize(vector) }];
  return { id, seq, title: "", author: "", tags: [], publishedAt: new Date(0).toISOString(), passages };
}
