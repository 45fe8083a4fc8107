import { spawnSync } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type CheckSummary, sourcesFolder } from "@vibewriter/evidence";
import { build } from "esbuild";

const skill = join(import.meta.dirname, "..");
let folder: string;
let program: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "vw-skill-"));
  program = join(folder, "check.mjs");
  const entryPoints = [join(skill, "scripts/check.ts")];
  await build({
    entryPoints,
    outfile: program,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    logLevel: "error",
  });
  await mkdir(join(folder, "sources"));
  const sources = [
    {
      id: "S1",
      title: "Aave",
      uri: "file:aave.md",
      text: "# Aave\n\nSuppliers of Aave earned 4.6% APY in September 2026.",
    },
  ];
  for (const { name, text } of sourcesFolder(sources)) await writeFile(join(folder, "sources", name), text);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function run(draft: string, ...args: string[]) {
  await writeFile(join(folder, "draft.md"), draft);
  return spawnSync(process.execPath, [program, "--draft", join(folder, "draft.md"), ...args], {
    encoding: "utf8",
    timeout: 20_000,
    env: { ...process.env, PATH: `${join(folder, "bin")}:${process.env.PATH}` },
  });
}

test("a good draft passes, as a table and as JSON", async () => {
  const draft = "Suppliers of Aave earned 4.6% APY in September 2026 [S1].";
  const plain = await run(draft);
  expect(plain.stdout).toContain("1 of 1 citations are supported (100.0 %, 90 % are needed)");
  expect(plain.status).toBe(0);
  expect(plain.stdout).toContain("100.0 % of the sentences that state something cite (80 % are needed).");
  expect(plain.stdout).toContain("Checked here, on copies of the sources.");
  const json: CheckSummary = JSON.parse((await run(draft, "--json", "--sources", join(folder, "sources"))).stdout);
  expect(json).toMatchObject({ passed: true, rate: 1, coverage: 1 });
});

test("a bad draft fails with the reason", async () => {
  const { status, stdout } = await run("Suppliers of Aave earned 6.4% APY in September 2026 [S1].\n\nOther [S4].");
  expect(status).toBe(1);
  expect(stdout).toContain("problem: There is no source S4.");
  expect(stdout).toMatch(/contradicted: Suppliers .*\n {2}The source does not say 6.4% here but 4.6%\./);
});

test("a draft that states much and cites little fails, with the sentences", async () => {
  const { status, stdout } = await run(
    "Suppliers earned 4.6% APY [S1]. It lent $3 million. It lent $4 million to Aave.",
  );
  expect(status).toBe(1);
  expect(stdout).toMatch(
    /State something and cite nothing:\n {2}It lent \$3 million\.\n {2}It lent \$4 million to Aave\./,
  );
});

test("where the host can be asked, what it says is shown", async () => {
  const tool = join(folder, "bin", "vw-tool");
  await mkdir(join(folder, "bin"));
  const summary = {
    passed: true,
    rate: 1,
    total: 7,
    supported: 7,
    failing: [],
    coverage: 1,
    uncited: [],
    problems: [],
  };
  const answer = JSON.stringify({ result: { ...summary, more_failing: 0, more_uncited: 0 } });
  await writeFile(tool, `#!/bin/sh\necho "$@" > "${folder}/asked"\necho '${answer}'\n`, { mode: 0o755 });
  const { status, stdout } = await run("Nothing that a copy would pass.");
  expect(await readFile(join(folder, "asked"), "utf8")).toBe(
    `check_citations {"filepath":"${join(folder, "draft.md")}"}\n`,
  );
  expect({ status, stdout }).toMatchObject({ status: 0, stdout: expect.stringContaining("7 of 7 citations") });
  expect(stdout).toContain("Checked by the host.");
  await writeFile(tool, "#!/bin/sh\nexit 22\n", { mode: 0o755 });
  expect((await run("Nothing.")).stdout).toContain("Checked here");
  await rm(join(folder, "bin"), { recursive: true });
});

test("wrong calls and missing sources are errors in a sentence", async () => {
  expect(spawnSync(process.execPath, [program], { encoding: "utf8" })).toMatchObject({
    status: 2,
    stderr: expect.stringContaining("Usage"),
  });
  expect(await run("x", "--sources", join(folder, "nowhere"))).toMatchObject({
    status: 2,
    stderr: expect.stringContaining("ENOENT"),
  });
});

test("SKILL.md has a name and a description, and names the program where the image has it", async () => {
  const text = await readFile(join(skill, "SKILL.md"), "utf8");
  expect(text).toMatch(/^---\nname: verify-citations\ndescription: .{20,1024}\n---\n/);
  expect(text).toContain("node /skills/verify-citations/check.mjs");
});
