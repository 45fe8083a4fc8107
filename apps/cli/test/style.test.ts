import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { style } from "../src/commands/style.js";
import { processTerminal, type Terminal } from "../src/terminal.js";

let cwd: string;

beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), "vws-"));
  await writeFile(join(cwd, "draft.md"), "# a look at Tides\n\nIt was 12km -- not 5 % [S1].\n");
  await writeFile(join(cwd, "guide.md"), "---\nunits: spaced\n---\nSay that it is safe.\n");
});
afterAll(() => rm(cwd, { recursive: true, force: true }));

/** Runs the command in this process; what it says is kept. */
async function run(file: string, o: Parameters<typeof style>[2], json = false) {
  const said: string[] = [];
  const printed: unknown[] = [];
  const terminal: Terminal = {
    ...processTerminal({ json, env: {} }),
    note: (text) => void said.push(text),
    warn: (text) => void said.push(text),
    printJson: (value) => void printed.push(value),
  };
  const code = await style({ home: "/none", env: {}, cwd, terminal }, file, o);
  return { code, said: said.join("\n"), printed };
}

it("a draft is formatted by a guide of ours into a file, with advice", async () => {
  const { code, said } = await run("draft.md", { guide: "academic", out: "styled.md" });
  expect(code).toBe(0);
  expect(said).toMatch(/Formatted: capitals of headings \(2\)[\s\S]*There is no section “Limitations”/);
  expect(await readFile(join(cwd, "styled.md"), "utf8")).toBe("# A Look at Tides\n\nIt was 12 km—not 5% [S1].\n");
});

it("a guide of one's own is told what of it was passed over; JSON has all of it", async () => {
  const { code, printed } = await run("draft.md", { guide: "guide.md", out: "own.md" }, true);
  expect(code).toBe(0);
  expect(printed).toMatchObject([
    { passes: [{ name: "units", edits: 1 }], refused: [{ what: "Say that it is safe." }] },
  ]);
  await expect(run("draft.md", { guide: "draft" })).rejects.toThrow(/There is no style guide draft; name technical/);
});

it("a rewrite that says something else ends with 1, says what, and is not written", async () => {
  await writeFile(join(cwd, "rewritten.md"), "# a look at Tides\n\nIt was 13km -- not 5 % [S1].\n");
  const { code, said } = await run("rewritten.md", { guide: "academic", check: "draft.md", out: "never.md" });
  expect(code).toBe(1);
  expect(said).toMatch(/2 things are said otherwise[\s\S]*number: “13 km” was not said before/);
  await expect(readFile(join(cwd, "never.md"))).rejects.toThrow(/ENOENT/);
  expect((await run("draft.md", { check: "draft.md" })).code).toBe(0);
});
