import { spawnSync } from "node:child_process";
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GUIDES, parseGuide } from "@vibewriter/evidence";
import { build } from "esbuild";

const skill = join(import.meta.dirname, "..");
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "vw-skill-"));
  const names = ["check", "format"];
  const entryPoints = names.map((name) => join(skill, `scripts/${name}.ts`));
  // As the layer of the VM is built: packages of the older kind call require.
  const js = 'import { createRequire as __r } from "node:module"; const require = __r(import.meta.url);';
  const options = {
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    logLevel: "error",
    banner: { js },
  } as const;
  await build({ ...options, entryPoints, outdir: folder, outExtension: { ".js": ".mjs" } });
  await cp(join(skill, "guides"), join(folder, "guides"), { recursive: true });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function run(program: string, ...args: string[]) {
  return spawnSync(process.execPath, [join(folder, `${program}.mjs`), ...args], { cwd: folder, encoding: "utf8" });
}

test("each built-in guide is there by its name, and asks for nothing that style may not do", async () => {
  expect((await readdir(join(skill, "guides"))).sort()).toEqual(GUIDES.map((name) => `${name}.md`).sort());
  for (const name of GUIDES) {
    const guide = parseGuide(await readFile(join(skill, "guides", `${name}.md`), "utf8"));
    expect(guide).toMatchObject({ name, refused: [] });
    expect(guide.text).toMatch(/^# /);
  }
});

test("a draft is formatted in its place, and a person's guide is told what of it was passed over", async () => {
  await writeFile(join(folder, "draft.md"), "# a look at Tides\n\nIt was 12km -- not 5 % [S1].\n");
  await writeFile(join(folder, "own.md"), "---\nunits: spaced\n---\nRound all numbers up.\n");
  const academic = run("format", "--draft", "draft.md", "--guide", "academic");
  expect(academic).toMatchObject({ status: 0, stderr: "" });
  expect(academic.stdout).toMatch(/Formatted: capitals of headings \(2\)[\s\S]*There is no section “Limitations”/);
  expect(await readFile(join(folder, "draft.md"), "utf8")).toBe("# A Look at Tides\n\nIt was 12 km—not 5% [S1].\n");
  const own = run("format", "--draft", "draft.md", "--guide", "own.md", "--out", "own-draft.md", "--json");
  expect(JSON.parse(own.stdout)).toMatchObject({ passes: [], refused: [{ what: "Round all numbers up." }] });
});

test("a rewrite is held against the draft: 0 for the same, 1 with what has changed, 2 for a wrong call", async () => {
  await writeFile(join(folder, "before.md"), "It was 12 km in 2024 [S1].\n");
  await writeFile(join(folder, "after.md"), "In 2024 it came to 12 km [S1].\n");
  await writeFile(join(folder, "wrong.md"), "In 2024 it came to 13 km [S1].\n");
  expect(run("check", "--before", "before.md", "--after", "after.md").status).toBe(0);
  const wrong = run("check", "--before", "before.md", "--after", "wrong.md");
  expect(wrong.status).toBe(1);
  expect(wrong.stdout).toMatch(/number: “12 km” is not said any more[\s\S]*number: “13 km” was not said before/);
  const undone = run("check", "--before", "before.md", "--after", "wrong.md", "--undo");
  expect(undone).toMatchObject({ status: 1, stdout: expect.stringContaining("The rewrite was undone") });
  expect(await readFile(join(folder, "wrong.md"), "utf8")).toBe("It was 12 km in 2024 [S1].\n");
  expect(run("check", "--before", "before.md").status).toBe(2);
  expect(run("format", "--draft", "nowhere.md", "--guide", "academic")).toMatchObject({ status: 2 });
});
