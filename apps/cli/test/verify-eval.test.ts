import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const BIN = fileURLToPath(new URL("../bin/vibewriter.mjs", import.meta.url));
const REFERENCE = "The lighthouse of Vinga was built in 1841. It stands 25 metres tall.";
const ROWS = [
  { claim: "The Vinga lighthouse was built in 1841.", reference: REFERENCE, label: "attributable" },
  { claim: "Glaciers of the north melt into the sea.", reference: REFERENCE, label: "not attributable" },
];

describe("vibewriter verify --eval", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "vw-verify-eval-"));
    await writeFile(join(folder, "rows.jsonl"), ROWS.map((row) => `${JSON.stringify(row)}\r\n`).join(""));
    await writeFile(join(folder, "broken.jsonl"), `${JSON.stringify(ROWS[0])}\n{"claim": 3}\n`);
  });
  afterAll(async () => await rm(folder, { recursive: true, force: true }));

  const verify = async (...args: string[]) => {
    const env = { PATH: process.env.PATH, VIBEWRITER_HOME: join(folder, "home") };
    return await promisify(execFile)(process.execPath, [BIN, "verify", ...args], { env, cwd: folder });
  };

  it("prints the figures as one JSON object", async () => {
    const figures = JSON.parse((await verify("--eval", "rows.jsonl", "--json")).stdout);
    expect(figures).toMatchObject({
      method: "lexical",
      rows: 2,
      threshold: 0.5,
      macroF1: 1,
      attributable: { precision: 1, recall: 1 },
      confusion: { attributable: { attributable: 1 }, "not attributable": { "not attributable": 1 } },
      falseAccepts: { falseRejects: 0.1, falseAccepts: 0, chosenOn: "these rows" },
    });
    expect(figures.msPerRow).toBeGreaterThan(0);
  });

  it("prints tables for a person, at a threshold of one's own, and says what was chosen on the rows themselves", async () => {
    const { stdout } = await verify("--eval", "rows.jsonl", "--threshold", "1");
    expect(stdout).toMatch(
      /2 rows, text-matched.*threshold 1,.*macro-F1 +0\.333.*people say.*on these rows themselves/s,
    );
  });

  it("refuses what is no file of rows in a sentence", async () => {
    await expect(verify("--eval", "broken.jsonl")).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/line 2: “claim” is missing or wrong/),
    });
  });
});
