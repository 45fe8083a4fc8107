import { randomBytes } from "node:crypto";
import { mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { jetstreamManager } from "@nats-io/jetstream";
import type { Finished } from "../../../tests/support/cli.js";
import { inProcess as run } from "../../../tests/support/in-process.js";
import { openTestApi, type TestApi } from "../../server/test/support/test-api.js";
import { wordsOf } from "../src/commands/completion-words.js";

describe("vibewriter files", () => {
  let api: TestApi;
  let folder: string;
  const cli = (...args: string[]): Promise<Finished> => run(api.home, ["files", ...args]);

  beforeAll(async () => {
    api = await openTestApi();
    folder = join(api.home, "mine");
    await mkdir(folder);
  });
  afterAll(() => api[Symbol.asyncDispose]());

  it("says that there is nothing, and what was typed wrong", async () => {
    expect(await cli("ls")).toMatchObject({ code: 0, stdout: "The agent main keeps no files.\n" });
    expect(await cli("ls", "--json")).toMatchObject({ code: 0, stdout: '{"files":[]}\n' });
    for (const args of [
      ["cat", "artifacts/none"],
      ["cat", "artifacts/none@7"],
      ["history", "artifacts/none"],
      ["cp", "main:artifacts/none", folder],
    ]) {
      expect(await cli(...args)).toMatchObject({ code: 2, stderr: expect.stringContaining("vibewriter files") });
    }
    expect(await cli("cat", "artifacts/../x")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("no .., such"),
    });
    expect(await cli("ls", "--agent", "A B")).toMatchObject({ code: 2, stderr: expect.stringContaining("agent's id") });
    expect(await cli("cp", "a", "b")).toMatchObject({ code: 2, stderr: expect.stringContaining("AGENT:PATH") });
    expect(await cli("cp", "nowhere", "main:artifacts/x")).toMatchObject({ code: 2 });
  });

  it("shows, changes and takes back what an agent remembers", async () => {
    const memory = (...args: string[]): Promise<Finished> => run(api.home, ["memory", ...args]);
    expect(await memory("list")).toMatchObject({ code: 0, stdout: "The agent main remembers nothing yet.\n" });
    const set = await memory("set", "preferences/tables.md", "I like short tables.", "--json");
    expect(set).toMatchObject({ code: 0 });
    const { version } = JSON.parse(set.stdout).memory;
    await writeFile(join(folder, "tables.md"), "I like long tables now.\n");
    expect(await memory("set", "preferences/tables.md", "--from", join(folder, "tables.md"))).toMatchObject({
      code: 0,
    });
    const shown = await memory("search", "which tables are liked");
    expect(shown.stdout).toMatch(/^preferences\/tables\.md {2}\(you, [\d-]+\)\n {4}I like long tables now\.\n$/);
    expect(await memory("restore", "preferences/tables.md", String(version))).toMatchObject({ code: 0 });
    expect((await memory("show", "preferences/tables.md")).stdout).toMatch(
      /by you; 21 B.*\n\nI like short tables\.\n$/s,
    );
    expect(await wordsOf(api.home, "memories", "pref")).toEqual(["preferences/tables.md"]);
    expect(await memory("rm", "preferences/tables.md")).toMatchObject({ code: 0 });
    const history = JSON.parse((await memory("history", "preferences/tables.md", "--json")).stdout).versions;
    expect(history.map(({ deleted }: { deleted: boolean }) => deleted)).toEqual([true, false, false, false]);
    await writeFile(join(folder, "large"), new Uint8Array(50 * 1024 * 1024));
    expect(await memory("set", "large", "--from", join(folder, "large"))).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("1 MiB"),
    });
    expect(await memory("show", "gone.md")).toMatchObject({ code: 2, stderr: expect.stringContaining("memory list") });
    expect(await memory("set", "../x", "x")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("facts/team.md"),
    });
    expect(await memory("proposed")).toMatchObject({ code: 0, stdout: "Nothing waits to be remembered.\n" });
    expect(await memory("drop", "none")).toMatchObject({ code: 2, stderr: expect.stringContaining("memory proposed") });
  });

  it("says why it does not take a file, while it is still being sent", async () => {
    for (const bytes of [1, 3_000_000, 3_000_000, 30_000_000]) {
      await writeFile(join(folder, "x"), new Uint8Array(bytes));
      expect(await cli("cp", join(folder, "x"), "main:sources/x")).toMatchObject({
        code: 2,
        stderr: expect.stringContaining("put files into artifacts/"),
      });
    }
  });

  it("copies a large file both ways, whole, and shows its versions", async () => {
    const large = join(folder, "large.bin");
    const bytes = randomBytes(20 * 1024 * 1024);
    await writeFile(large, "the first");
    expect((await cli("cp", large, "main:artifacts/")).code).toBe(0);
    await writeFile(large, bytes);
    expect((await cli("cp", large, "main:artifacts/large.bin", "--json")).stdout).toContain('"bytes":20971520');
    const { versions } = JSON.parse((await cli("history", "artifacts/large.bin", "--json")).stdout);
    expect(versions).toMatchObject([
      { size: bytes.length, kind: "written" },
      { size: 9, writer: "a person" },
    ]);
    const first = versions[1].version;
    expect((await cli("cat", `artifacts/large.bin@${first}`)).stdout).toBe("the first");
    expect((await cli("history", "artifacts/large.bin")).stdout).toContain(`${first} `);
    expect((await cli("cp", "main:artifacts/large.bin", `${folder}/back/`)).code).toBe(0);
    expect(Buffer.compare(await readFile(join(folder, "back/large.bin")), bytes)).toBe(0);
    expect((await cli("ls", "artifacts/")).stdout).toMatch(/20\.0 MiB .* a person +artifacts\/large\.bin/);
    expect((await cli("ls", "--names", "artifacts/la")).stdout).toBe("artifacts/large.bin\n");
    expect(await wordsOf(api.home, "kept-files", "artifacts/la")).toEqual(["artifacts/large.bin"]);
    expect(JSON.parse((await cli("cat", `artifacts/large.bin@${first}`, "--json")).stdout)).toMatchObject({
      content: "the first",
      file: { version: first, path: "artifacts/large.bin" },
    });
    expect(await cli("cat", "artifacts/large.bin", "--json")).toMatchObject({ code: 2 });
  }, 60_000);

  it("copies a folder both ways; links are passed over", async () => {
    const tree = join(folder, "tree");
    await mkdir(join(tree, "deep"), { recursive: true });
    await writeFile(join(tree, "deep/ü b.md"), "b");
    await writeFile(join(tree, "a.md"), "a");
    await symlink("/etc/passwd", join(tree, "link"));
    expect(await cli("cp", tree, "helper:artifacts/")).toMatchObject({
      code: 0,
      stderr: expect.stringContaining("link"),
    });
    await api.backbone.files.put("helper/artifacts/tree/../../../../escape", Buffer.from("x"));
    expect((await cli("cp", "helper:artifacts/tree", `${folder}/out`)).code).toBe(0);
    expect((await readdir(join(folder, "out"), { recursive: true })).sort()).toEqual(["a.md", "deep", "deep/ü b.md"]);
  });

  it("a damaged file is named, and is not left half on the disk", async () => {
    await api.backbone.files.put("main/artifacts/damaged", randomBytes(2 * 1024 * 1024));
    const jsm = await jetstreamManager(api.backbone.connection);
    const { state } = await jsm.streams.info("OBJ_VIBEWRITER_FILES", { subjects_filter: "$O.VIBEWRITER_FILES.C.>" });
    for (const [filter, count] of Object.entries(state.subjects ?? {}))
      if (count === 4) await jsm.streams.purge("OBJ_VIBEWRITER_FILES", { filter, keep: 3 });
    expect(await cli("cp", "main:artifacts/damaged", join(folder, "damaged"))).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('"artifacts/damaged" could not be read to its end'),
    });
    expect((await readdir(folder)).filter((name) => name.startsWith("damaged"))).toEqual([]);
    expect((await cli("ls")).stdout).toContain("artifacts/damaged");
  });
});
