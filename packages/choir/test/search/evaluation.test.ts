import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { evaluate, lexicalEmbedder, SqliteIndex } from "../../src/index.js";
import { questionsOf } from "../../src/search/evaluation/beir.js";
import { meanOf, measure } from "../../src/search/evaluation/measures.js";
import { withTypo } from "../../src/search/evaluation/typos.js";
import { editDistance } from "../../src/search/spelling.js";
import { built } from "../support/built.js";
import { library } from "../support/writing.js";

let folder: string;
beforeAll(async () => {
  await built();
  folder = await mkdtemp(join(tmpdir(), "vw-eval-"));
});
afterAll(async () => await rm(folder, { recursive: true, force: true }));

describe("measure", () => {
  const judgements = new Map([
    ["a", 3],
    ["b", 1],
    ["c", 2],
    ["d", 0],
  ]);

  it("is what trec_eval says of a ranking with grades", () => {
    const { ndcg10, recall100, mrr10 } = measure(["d", "a", "x", "b"], judgements);
    const ideal = 3 / Math.log2(2) + 2 / Math.log2(3) + 1 / Math.log2(4);
    expect(ndcg10).toBeCloseTo((3 / Math.log2(3) + 1 / Math.log2(5)) / ideal, 12);
    expect(recall100).toBeCloseTo(2 / 3, 12);
    expect(mrr10).toBe(1 / 2);
  });

  it("looks at the first ten, the first hundred, and at nothing else", () => {
    const others = (count: number) => Array.from({ length: count }, (_, i) => `x${i}`);
    expect(measure([...others(10), "a"], judgements)).toEqual({ ndcg10: 0, recall100: 1 / 3, mrr10: 0 });
    expect(measure([...others(100), "a"], judgements)).toEqual({ ndcg10: 0, recall100: 0, mrr10: 0 });
    expect(measure(["a", "c", "b"], judgements)).toEqual({ ndcg10: 1, recall100: 1, mrr10: 1 });
    expect(meanOf([measure(["a", "c", "b"], judgements), measure([], judgements)])).toMatchObject({ ndcg10: 0.5 });
  });
});

describe("withTypo", () => {
  it("puts one slip into one word of the topic, the same for the same seed", () => {
    const question = "what do the observers know about liquidations?";
    const slips = new Set<string>();
    for (let seed = 0; seed < 50; seed++) {
      const slipped = withTypo(question, seed);
      expect(withTypo(question, seed)).toBe(slipped);
      expect(editDistance(question, slipped, 3)).toBe(1);
      expect(slipped).toMatch(/^what do the .* about .*\?$/);
      slips.add(slipped);
    }
    expect(slips.size).toBeGreaterThan(40);
    expect(withTypo("to be or not", 1)).toBe("to be or not");
    expect(withTypo("aaaa", 3)).not.toBe("aaaa");
  });
});

describe("evaluate", () => {
  it("measures BM25, vectors and both on a collection, with and without slips", async () => {
    const place = join(folder, "library");
    const documents = library(3).map(({ subject, markdown }) => {
      const [title = "", ...text] = markdown.replace(/^# /, "").split("\n");
      return { _id: subject, title, text: text.join("\n") };
    });
    await collection(place, {
      corpus: documents,
      queries: documents.map(({ _id }) => ({ _id: `q-${_id}`, text: `what do observers know about ${_id}?` })),
      qrels: ["query-id\tcorpus-id\tscore", ...documents.map(({ _id }) => `q-${_id}\t${_id}\t1`)],
    });
    await using index = await SqliteIndex.open(join(folder, "library.sqlite"), lexicalEmbedder);
    const { questions, clean, typos } = await evaluate({ folder: place, index, embedder: lexicalEmbedder, typos: 1 });
    expect(questions).toBe(documents.length);
    expect(clean.bm25.mrr10).toBeGreaterThan(0.95);
    expect(clean.hybrid.ndcg10).toBeGreaterThanOrEqual(clean.bm25.ndcg10 - 0.005);
    expect(typos?.hybrid.ndcg10).toBeGreaterThan((typos?.bm25.ndcg10 ?? 1) + 0.05);
    expect(typos?.dense.recall100).toBeGreaterThan(0.5);
  });

  it.each<[string, Files, RegExp]>([
    ["a line that is no JSON", { queries: ["{"] }, /queries\.jsonl, line 1: not JSON/],
    ["a document without an id", { queries: [{ text: "x" }] }, /queries\.jsonl, line 1: _id/],
    ["judgements with a word for a score", { qrels: ["q\td\tgood"] }, /test\.tsv, line 1: not query-id/],
    ["judgements of nothing that was asked", { qrels: ["other\td\t1"] }, /No question of .* is judged/],
  ])("says where %s is", async (name, files, message) => {
    const place = join(folder, name);
    await collection(place, { corpus: [], queries: [{ _id: "q", text: "x" }], qrels: ["q\td\t1"], ...files });
    await expect(questionsOf(place)).rejects.toMatchObject({
      code: "bad_collection",
      message: expect.stringMatching(message),
    });
  });

  it("says what a collection is where there is none", async () => {
    await expect(questionsOf(join(folder, "nowhere"))).rejects.toMatchObject({
      code: "bad_collection",
      message: expect.stringContaining("a collection is a folder with corpus.jsonl"),
    });
  });
});

interface Files {
  corpus?: unknown[];
  queries?: unknown[];
  qrels?: string[];
}

async function collection(place: string, { corpus = [], queries = [], qrels = [] }: Files): Promise<void> {
  await mkdir(join(place, "qrels"), { recursive: true });
  const lines = (values: readonly unknown[]) =>
    values.map((value) => (typeof value === "string" ? value : JSON.stringify(value))).join("\n");
  await writeFile(join(place, "corpus.jsonl"), lines(corpus));
  await writeFile(join(place, "queries.jsonl"), lines(queries));
  await writeFile(join(place, "qrels", "test.tsv"), lines(qrels));
}
