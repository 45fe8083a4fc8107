import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { testService } from "../../../packages/choir/test/search/embedders/service.js";

const BIN = fileURLToPath(new URL("../bin/vibewriter.mjs", import.meta.url));

/** Three documents, two questions; the second is about a word that its document writes otherwise. */
const CORPUS = [
  { _id: "d1", title: "Bees", text: "Bees live in cities and on farms." },
  { _id: "d2", title: "", text: "Glaciers melt into the fjords of the north." },
  { _id: "d3", title: "Tides", text: "The moon moves the water of the ocean." },
];
const QUERIES = [
  { _id: "q1", text: "Where do bees live?" },
  { _id: "q2", text: "melting glacier" },
  { _id: "q3", text: "Nobody judged this." },
];

describe("vibewriter kb eval", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "vw-kb-eval-"));
    await mkdir(join(folder, "qrels"));
    const lines = (values: readonly unknown[]) => values.map((value) => `${JSON.stringify(value)}\n`).join("");
    await writeFile(join(folder, "corpus.jsonl"), lines(CORPUS));
    await writeFile(join(folder, "queries.jsonl"), lines(QUERIES));
    await writeFile(join(folder, "qrels", "test.tsv"), "query-id\tcorpus-id\tscore\nq1\td1\t1\nq2\td2\t1\n");
  });
  afterAll(async () => await rm(folder, { recursive: true, force: true }));

  const evaluate = async (...args: string[]) => await evaluateWith({}, ...args);
  const evaluateWith = async (more: NodeJS.ProcessEnv, ...args: string[]) => {
    const env = { PATH: process.env.PATH, VIBEWRITER_HOME: join(folder, "home"), ...more };
    return (await promisify(execFile)(process.execPath, [BIN, "kb", "eval", folder, ...args], { env })).stdout;
  };

  it("prints the three measures of each way of searching as one JSON object", async () => {
    const best = { ndcg10: 1, recall100: 1, mrr10: 1 };
    const measured = JSON.parse(await evaluate("--typos", "1", "--json"));
    expect(measured).toMatchObject({ documents: 3, questions: 2, clean: { bm25: best, dense: best, hybrid: best } });
    expect(measured.typos).toMatchObject({ seed: 1, hybrid: { recall100: 1 } });
  });

  it("measures another embedder, whose key is the command's own", async () => {
    await using service = await testService();
    const env = { VOYAGE_API_KEY: "key-of-the-command", VIBEWRITER_EMBEDDER_URL: service.url };
    const measured = JSON.parse(await evaluateWith(env, "--embedder", "voyage:voyage-9", "--json"));
    expect(measured).toMatchObject({ documents: 3, model: "voyage:voyage-9", clean: { dense: { recall100: 1 } } });
    expect(service.asked.flatMap(({ texts }) => texts).join()).toContain("Glaciers melt");
    await expect(evaluate("--embedder", "voyage:voyage-9")).rejects.toMatchObject({ code: 3 });
    await expect(evaluate("--embedder", "whatever")).rejects.toMatchObject({ code: 2 });
  });

  it("prints a table for a person", async () => {
    expect(await evaluate()).toMatch(
      /3 documents, 2 questions.*nDCG@10 +recall@100 +MRR@10.*hybrid +1\.0000 +1\.0000 +1\.0000/s,
    );
  });
});
