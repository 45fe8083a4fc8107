import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

const BIN = fileURLToPath(new URL("../bin/vibewriter.mjs", import.meta.url));
const GOOD = "# Caps\n\nThe supply cap of USDC is $500 million [S1]. Moonwell had 38 million WELL to pay [S2].\n";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "vw-verify-"));
  await mkdir(join(folder, "notes"));
  await mkdir(join(folder, "none"));
  const front = "---\ntitle: Caps\nsummary: The borrow cap of USDC is $999 million.\n---\n";
  await writeFile(join(folder, "notes/1-caps.md"), `${front}# Caps\n\nThe supply cap of USDC is $500 million.\n`);
  await writeFile(join(folder, "notes/2-moonwell.txt"), "Moonwell had 38 million WELL to pay.\n");
  await writeFile(join(folder, "dead.md"), " \n\n \n");
});
afterAll(async () => await rm(folder, { recursive: true, force: true }));

interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

async function verify(draft: string, ...args: string[]): Promise<Ended> {
  await writeFile(join(folder, "draft.md"), draft);
  return await verifyWith({}, args);
}

async function verifyWith(keys: Record<string, string>, args: readonly string[]): Promise<Ended> {
  const env = { PATH: process.env.PATH, VIBEWRITER_HOME: join(folder, "home"), ...keys };
  return await new Promise((resolve) => {
    execFile(process.execPath, [BIN, "verify", ...args], { env, cwd: folder }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === "number" ? error.code : 0, stdout, stderr });
    });
  });
}

/** A model behind the interface of OpenAI that says "supported" of what speaks of something, and of nothing else. */
async function judgeServer(supported: RegExp, status = 200) {
  let asked = 0;
  const server = createServer(async (request, response) => {
    const body = await text(request);
    asked++;
    response.statusCode = status;
    const passage = /<passage [\w-]+>\\n(.*?)\\n</.exec(body)?.[1] ?? "";
    const verdict = supported.test(passage) ? { verdict: "supported", quote: passage } : { verdict: "not_found" };
    const message = { role: "assistant", content: JSON.stringify(verdict) };
    response.setHeader("content-type", "application/json");
    const choices = [{ index: 0, message, finish_reason: "stop" }];
    response.end(JSON.stringify({ id: "1", object: "chat.completion", created: 0, model: "m", choices }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    asked: () => asked,
    keys: { OPENAI_API_KEY: "no-real-key", OPENAI_BASE_URL: `http://127.0.0.1:${port}/v1` },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

describe("vibewriter verify DRAFT", () => {
  it("passes a good draft with 0, says by which method, and writes the report where it is told to", async () => {
    const { code, stdout, stderr } = await verify(GOOD, "draft.md", "--sources", "notes", "-o", "check");
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/2 of 2 citations are supported, 2 of 2 sentences .* Text-matched\.\nThe draft passes\.\n$/);
    expect(JSON.parse(await readFile(join(folder, "check/verification.json"), "utf8"))).toMatchObject({
      method: "lexical",
      coverage: { share: 1 },
    });
    expect(await readFile(join(folder, "check/verification.md"), "utf8")).toContain("**Passes.**");
  });

  it.each([
    ["no citations", "# T\n\nThe supply cap is $500 million.\n", "no_citations"],
    ["what only front matter says", "# T\n\nThe borrow cap of USDC is $999 million [S1].\n", "rate_too_low"],
    ["ids that do not exist", "# T\n\nThe supply cap of USDC is $500 million [S9].\n", "rate_too_low"],
    ["a wrong figure", GOOD.replace("$500", "$900"), "rate_too_low"],
    ["too few citations", `${GOOD}It lent $3 million. It lent $4 million to Aave.\n`, "coverage_too_low"],
  ])("ends with 1 for a draft with %s, as JSON too", async (_, draft, reason) => {
    const { code, stdout } = await verify(draft, "draft.md", "--sources", "notes", "--json");
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      decision: { pass: false, code: reason },
      verification: { method: "lexical" },
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

describe("vibewriter verify with a repair, and with a model", () => {
  it("writes a draft in which what does not hold is mended or gone, says what was done, and keeps the given one", async () => {
    const bad = GOOD.replace("[S2]", "[S1]").replace("million [S1].", "million [S1]. Cats like milk [S2].");
    const { code, stdout, stderr } = await verify(bad, "draft.md", "--sources", "notes", "--repair", "mended.md");
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/other source: Moonwell had 38 million WELL to pay \[S1\]\.\n {2}now: .*\[S2\]\./);
    expect(stdout).toMatch(/removed: Cats like milk \[S2\]\./);
    expect(await readFile(join(folder, "mended.md"), "utf8")).toBe(GOOD);
    expect(await readFile(join(folder, "draft.md"), "utf8")).toBe(bad);
  });

  it("without its key a model is refused in a sentence", async () => {
    const { code, stderr } = await verify(GOOD, "draft.md", "--sources", "notes", "--model", "openai:m");
    expect(code).toBe(3);
    expect(stderr).toContain("set OPENAI_API_KEY");
  });

  it("prints both what the text says and what a model says of labelled rows", async () => {
    await using model = await judgeServer(/Moonwell/);
    const rows = [
      { claim: "Nobody but Moonwell had rewards left", reference: "Moonwell had WELL to pay.", label: "attributable" },
      { claim: "Cats like milk", reference: "Dogs bark at night.", label: "not attributable" },
    ];
    await writeFile(join(folder, "rows.jsonl"), rows.map((row) => JSON.stringify(row)).join("\n"));
    const args = ["--eval", "rows.jsonl", "--model", "openai:m", "--json"];
    const { code, stdout, stderr } = await verifyWith({ ...model.keys }, args);
    expect(code, stderr).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      rows: 2,
      method: "lexical",
      model: { name: "openai:m", rows: 2, notJudged: 0, macroF1: 1 },
    });
  });

  it("of a model that does not judge it gives no figures, and says so", async () => {
    await using model = await judgeServer(/Moonwell/, 401);
    const row = { claim: "Moonwell had rewards left", reference: "Moonwell had WELL to pay.", label: "attributable" };
    await writeFile(join(folder, "rows.jsonl"), `${JSON.stringify(row)}\n`.repeat(30));
    const { code, stdout, stderr } = await verifyWith(model.keys, ["--eval", "rows.jsonl", "--model", "openai:m"]);
    expect(code, stderr).toBe(1);
    expect(stdout).not.toContain("judged by openai:m");
    expect(stderr).toMatch(/openai:m did not judge 30 of 30 rows.* refused the key/);
    expect(model.asked()).toBeLessThan(12);
  });
});
