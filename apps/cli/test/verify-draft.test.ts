import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const BIN = fileURLToPath(new URL("../bin/vibewriter.mjs", import.meta.url));
const GOOD = "# Caps\n\nThe supply cap of USDC is $500 million [S1]. Moonwell had 38 million WELL to pay [S2].\n";

describe("vibewriter verify DRAFT", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "vw-verify-"));
    await mkdir(join(folder, "notes"));
    await mkdir(join(folder, "none"));
    await writeFile(join(folder, "notes/1-caps.md"), "# Caps\n\nThe supply cap of USDC is $500 million.\n");
    await writeFile(join(folder, "notes/2-moonwell.txt"), "Moonwell had 38 million WELL to pay.\n");
    await writeFile(join(folder, "dead.md"), " \n\n \n");
  });
  afterAll(async () => await rm(folder, { recursive: true, force: true }));

  async function verify(draft: string, ...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
    await writeFile(join(folder, "draft.md"), draft);
    const env = { PATH: process.env.PATH, VIBEWRITER_HOME: join(folder, "home") };
    return await new Promise((resolve) => {
      execFile(process.execPath, [BIN, "verify", ...args], { env, cwd: folder }, (error, stdout, stderr) => {
        resolve({ code: typeof error?.code === "number" ? error.code : 0, stdout, stderr });
      });
    });
  }

  it("passes a good draft with 0, says by which method, and writes the report where it is told to", async () => {
    const { code, stdout, stderr } = await verify(GOOD, "draft.md", "--sources", "notes", "-o", "check");
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/2 of 2 citations are supported, 2 of 2 sentences .* Text-matched\.\nThe draft passes\.\n$/);
    expect(JSON.parse(await readFile(join(folder, "check/verification.json"), "utf8"))).toMatchObject({
      method: "text",
      coverage: { share: 1 },
    });
    expect(await readFile(join(folder, "check/verification.md"), "utf8")).toContain("**Passes.**");
  });

  it.each([
    ["no citations", "# T\n\nThe supply cap is $500 million.\n", "no_citations"],
    ["ids that do not exist", "# T\n\nThe supply cap of USDC is $500 million [S9].\n", "rate_too_low"],
    ["a wrong figure", GOOD.replace("$500", "$900"), "rate_too_low"],
    ["too few citations", `${GOOD}It lent $3 million. It lent $4 million to Aave.\n`, "coverage_too_low"],
  ])("ends with 1 for a draft with %s, as JSON too", async (_, draft, reason) => {
    const { code, stdout } = await verify(draft, "draft.md", "--sources", "notes", "--json");
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      decision: { pass: false, code: reason },
      verification: { method: "text" },
    });
  });

  it("says of a source without text that it could not be read", async () => {
    const { code, stdout } = await verify(GOOD, "draft.md", "--sources", "notes/1-caps.md", "dead.md");
    expect(code).toBe(1);
    expect(stdout).toMatch(/unreachable: Moonwell had .*\n {2}S2: Source S2 could not be read: It has no text\./);
    expect(stdout).toContain("sources not to be read 50 %");
  });

  it.each([
    ["no sources", ["draft.md"], "--sources"],
    ["sources that are not there", ["draft.md", "--sources", "nowhere"], "There is no nowhere"],
    ["a folder without sources", ["draft.md", "--sources", "none"], "none"],
    ["a draft that is not there", ["nothing.md", "--sources", "notes"], "There is no nothing.md"],
    ["both a draft and rows", ["draft.md", "--eval", "rows.jsonl"], "--eval"],
    ["nothing", [], "--eval FILE"],
  ])("ends with 2 and says what to do for %s", async (_, args, says) => {
    const { code, stderr } = await verify(GOOD, ...args);
    expect(code).toBe(2);
    expect(stderr).toContain(says);
  });
});
