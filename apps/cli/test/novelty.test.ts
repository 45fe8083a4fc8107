import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { KeyPair } from "@vibewriter/choir";
import type { Finished } from "../../../tests/support/cli.js";
import { inProcess as run } from "../../../tests/support/in-process.js";
import { openTestApi, type TestApi } from "../../server/test/support/test-api.js";

const ARTICLE = `# Spring tides

Twice a month the moon and the sun stand in one line with the earth and pull the sea together, so that harbours which are dry at
noon have four fathoms at midnight. Pilots of the estuary keep a board of chalk marks for those nights.
`;
const REST = "Nobody at the quay had ever asked why the board is older than the church, and the sexton will not say.";

describe("vibewriter kb novelty", () => {
  let api: TestApi;
  let id = "";
  const cli = (...args: string[]): Promise<Finished> => run(api.home, ["kb", "novelty", ...args]);

  beforeAll(async () => {
    api = await openTestApi();
    const signer = KeyPair.generate();
    ({ id } = await api.choir.publish({ markdown: ARTICLE, author: "Ada\u001b[31m", key: "tides" }, signer));
  });
  afterAll(() => api[Symbol.asyncDispose]());

  it("explains what an article scored", async () => {
    const { stdout, code } = await cli(id);
    expect(code).toBe(0);
    expect(stdout).toContain("Novelty 100 of 100 beside 0 passages published before.");
    expect(stdout).toContain("Provisional: the built-in embedder sees spelling, not meaning");
    expect(stdout).not.toContain("Closest passages");
    const { novelty } = JSON.parse((await cli(id.slice(0, 8), "--json")).stdout);
    expect(novelty.record).toMatchObject({ formula: "chunk-2", score: 100 });
  });

  it("shows of a draft what was published before, and publishes nothing", async () => {
    const draft = join(api.home, "draft.md");
    await writeFile(draft, `${ARTICLE.replace("Spring tides", "My tides")}\n${REST}\n`);
    const { stdout } = await cli("--draft", draft);
    expect(stdout).toMatch(/^ {2}0\.\d\d {2}passage 1, beside "Spring tides" by Ada/m);
    expect(stdout).toMatch(
      new RegExp(`\\d\\d words at \\d+-\\d+, also in "Spring tides" by Ada \\(${id}\\), \\d+-\\d+$`, "m"),
    );
    expect(stdout).toMatch(
      /What would raise it\n {2}- \d+ words stand in what was published before, most of them in "Spring/,
    );
    expect(stdout).not.toContain("\u001b");
    const { novelty } = JSON.parse((await cli("--draft", draft, "--json")).stdout);
    expect(novelty.record.score).toBeLessThan(50);
    expect(await api.choir.list()).toHaveLength(1);
  });

  it("says what was typed wrong", async () => {
    for (const args of [[], [id, "--draft", "x.md"]])
      expect(await cli(...args)).toMatchObject({ code: 2, stderr: expect.stringContaining("or a draft with --draft") });
    expect(await cli("--draft", "nothing.md")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("There is no"),
    });
    const unknown = await cli("ffffffff");
    expect(unknown).toMatchObject({ code: 2, stderr: expect.stringContaining("There is no article") });
  });
});
