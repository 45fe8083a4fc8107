import { mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Finished, finished, start } from "../../../tests/support/cli.js";
import { inProcess as run } from "../../../tests/support/in-process.js";
import { openTestApi, type TestApi } from "../../server/test/support/test-api.js";
import { wordsOf } from "../src/commands/completion-words.js";

describe("vibewriter audit and vibewriter secrets", () => {
  let api: TestApi;
  const cli = (...args: string[]): Promise<Finished> => run(api.home, ["audit", ...args]);

  beforeAll(async () => {
    api = await openTestApi();
    for (let n = 0; n < 6; n++) {
      api.trail.record("main", {
        kind: "tool",
        run: n < 3 ? "run-1" : "run-2",
        tool: "execute",
        args: `{"n":${n}}\u001b[31m`,
      });
      await api.trail.written("main");
    }
    api.trail.record("main", { kind: "egress", host: "example.org", outcome: "refused" });
    api.trail.record("other", { kind: "run", run: "run-3", event: "begun", drive: 1 });
  });
  afterAll(() => api[Symbol.asyncDispose]());

  it("shows what was recorded, by run, kind, agent and time, without what a terminal would obey", async () => {
    const shown = await cli("show", "--run", "run-1");
    expect(shown).toMatchObject({ code: 0 });
    expect(shown.stdout.trim().split("\n")).toHaveLength(3);
    expect(shown.stdout).toMatch(/tool +run-1 execute \{"n":0\}/);
    expect(shown.stdout).not.toContain("\u001b");
    const { entries } = JSON.parse((await cli("show", "--kind", "egress", "--json")).stdout);
    expect(entries).toMatchObject([{ agent: "main", record: 7, entry: { host: "example.org" } }]);
    expect((await cli("show", "--agent", "other")).stdout).toMatch(/run +run-3 begun/);
    expect(await cli("show", "--since", "2030-01-01")).toMatchObject({
      stdout: "",
      stderr: expect.stringContaining("Nothing of the kind"),
    });
    expect(await cli("show", "--since", "yesterday")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("It must be a time"),
    });
  });

  it("keeps secrets that come in from standard input, and shows nothing of them but their names", async () => {
    const given = (value: string, ...args: string[]) => {
      const child = start(api.home, ["secrets", ...args], {}, "pipe");
      child.stdin?.end(value);
      return finished(child, 60_000);
    };
    expect(await given("tvly-the-key-of-a-search\n", "set", "search")).toMatchObject({
      ...{ code: 0, stdout: "Write secret://search where its value is wanted.\n" },
    });
    expect(await given("", "set", "other")).toMatchObject({ code: 2, stderr: expect.stringContaining("no value") });
    expect(await given("another-key-of-a-search", "rotate", "search", "--json")).toMatchObject({ code: 0 });
    expect(api.store.resolve("secret://search")).toBe("another-key-of-a-search");
    expect(await wordsOf(api.home, "secrets", "se")).toEqual(["search"]);
    const listed = await run(api.home, ["secrets", "list"]);
    expect(listed.stdout).toMatch(/^search +secret:\/\/search +/m);
    expect(listed.stdout).not.toContain("another-key");
    expect(await run(api.home, ["secrets", "remove", "search"])).toMatchObject({ code: 0 });
    expect(await run(api.home, ["secrets", "remove", "search"])).toMatchObject({ code: 2 });
  });

  it("verifies the home, and a file anywhere; a line that is changed, gone or added is named, and ends with 1", async () => {
    const verified = await cli("verify");
    expect(verified).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^main {2}whole {2}7 records with 7 entries/m),
    });
    const file = join(api.home, "out", "audit.jsonl");
    await mkdir(join(api.home, "out"));
    await writeFile(file, "before", { mode: 0o644 });
    expect(await cli("export", "-o", file)).toMatchObject({ code: 0 });
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const elsewhere = (...args: string[]) => run("/nowhere/at/all", ["audit", "verify", ...args]);
    const key = join(api.home, "audit.pem");
    await writeFile(key, `\n${api.trail.publicKey}`);
    const whole = await elsewhere(file, "--public-key", key, "--json");
    expect(JSON.parse(whole.stdout)).toMatchObject({
      ...{ ok: true, isWhole: true, signature: "good", isNamed: true },
      chains: [
        { agent: "main", anchored: 7, closed: 0 },
        { agent: "other", last: 1 },
      ],
    });
    expect(await elsewhere(file)).toMatchObject({ code: 0, stdout: expect.stringContaining("Without --public-key") });
    const lines = (await readFile(file, "utf8")).trimEnd().split("\n");
    const third = lines.findIndex((line) => line.includes('\\"seq\\":3,'));
    const tampered = async (change: (lines: string[]) => string[]) => {
      await writeFile(file, `${change([...lines]).join("\n")}\n`);
      return await elsewhere(file);
    };
    expect(await tampered((all) => all.toSpliced(third, 1))).toMatchObject({
      ...{
        code: 1,
        stdout: expect.stringMatching(/main {2}BROKEN.*\n {2}missing: Record 3 is missing between 2 and 4\./),
      },
    });
    const altered = (line = "") => line.replace('\\"n\\\\\\":2', '\\"n\\\\\\":9');
    expect(await tampered((all) => all.with(third, altered(all[third])))).toMatchObject({
      ...{ code: 1, stdout: expect.stringContaining("altered: The content of record 3 is not what its digest says.") },
    });
    expect(await tampered((all) => all.slice(0, -4))).toMatchObject({
      ...{ code: 1, stdout: expect.stringContaining("cut_end: ") },
    });
    // Without its anchors a chain is as whole as any; the key that was named has not signed it.
    const bare = await tampered((all) => all.filter((line) => !line.includes('"type":"anchor"')));
    expect(bare).toMatchObject({ code: 1, stdout: expect.stringContaining("CHANGED: ") });
    expect(await elsewhere(file, "--public-key", key)).toMatchObject({
      ...{ code: 1, stdout: expect.stringMatching(/main {2}BROKEN[\s\S]*NOT SIGNED by the key that you named/) },
    });
    expect(await elsewhere(file, "--public-key", file)).toMatchObject({ code: 2 });
    expect(await tampered(() => ["{}"])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("Line 1 is no part"),
    });
    expect(await elsewhere(join(api.home, "none.jsonl"))).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("Cannot read"),
    });
  });
});
