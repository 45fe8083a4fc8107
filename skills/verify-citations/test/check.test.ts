import { spawnSync } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sourcesFolder, type Verification } from "@vibewriter/evidence";
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
  });
}

test("a good draft passes, as a table and as JSON", async () => {
  const draft = "Suppliers of Aave earned 4.6% APY in September 2026 [S1].";
  const plain = await run(draft);
  expect(plain.stdout).toContain("1 of 1 citations are supported (100.0 %, 90 % are needed)");
  expect(plain.status).toBe(0);
  const json: Verification = JSON.parse((await run(draft, "--json", "--sources", join(folder, "sources"))).stdout);
  expect(json.citations.rate).toBe(1);
});

test("a bad draft fails with the reason", async () => {
  const { status, stdout } = await run("Suppliers of Aave earned 6.4% APY in September 2026 [S1].\n\nOther [S4].");
  expect(status).toBe(1);
  expect(stdout).toContain("problem: There is no source S4.");
  expect(stdout).toMatch(/contradicted: Suppliers .*\n {2}S1 number: The source does not say 6.4% here but 4.6%\./);
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
