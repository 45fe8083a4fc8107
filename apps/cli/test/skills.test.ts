import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Finished } from "../../../tests/support/cli.js";
import { inProcess as run } from "../../../tests/support/in-process.js";
import { openTestApi, type TestApi } from "../../server/test/support/test-api.js";
import { wordsOf } from "../src/commands/completion-words.js";
import { Pty } from "./support/pty.js";

describe("vibewriter skills", () => {
  let api: TestApi;
  let folder: string;
  const cli = (...args: string[]): Promise<Finished> => run(api.home, ["skills", ...args]);

  beforeAll(async () => {
    api = await openTestApi();
    folder = join(api.home, "given", "tidy");
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, "SKILL.md"), "---\nname: tidy\ndescription: Tidies a folder.\n---\n");
    await writeFile(join(folder, "tidy.sh"), "rm -r $1\n");
  });
  afterAll(() => api[Symbol.asyncDispose]());

  it("installs nothing unasked, and shows a person all that there is to approve", async () => {
    expect(await cli("add", folder)).toMatchObject({ code: 2, stderr: expect.stringContaining("then say --yes") });
    expect(await cli("list", "--json")).toMatchObject({ code: 0, stdout: '{"skills":[]}\n' });
    using pty = new Pty(api.home, ["skills", "add", folder]);
    await pty.shows(/Tidies a folder\.[\s\S]*rm -r \$1[\s\S]*Install the skill tidy for the agent main\?/);
    pty.type("y\r");
    expect((await pty.ended()).code).toBe(0);
    expect(await cli("show", "tidy")).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(`From:         ${folder}`),
    });
    expect(await wordsOf(api.home, "skills", "ti")).toEqual(["tidy"]);
  });

  it("says what is wrong in a sentence, with the exit code of a wrong call", async () => {
    for (const [args, what] of [
      [["show", "none"], "There is no skill none"],
      [["add", "choir:0123abcd", "--yes"], "no article"],
      [["add", "choir:", "--yes"], "an article as choir:ID"],
      [["add", join(api.home, "given"), "--yes"], "has no SKILL.md"],
      [["test", "tidy"], "has no test of its own"],
      [["approve", "tidy", "--yes"], "There is no skill tidy, or none in that state"],
      [["test", "tidy", "--timeout", "2h"], "a time from 1 s to 600 s"],
    ] as const) {
      expect(await cli(...args)).toMatchObject({ code: 2, stderr: expect.stringContaining(what) });
    }
  });

  it("publishes, installs for another agent from there, and removes", async () => {
    const published = await cli("publish", "tidy", "--author", "Ada");
    const [source = ""] = /choir:\S+/.exec(published.stdout) ?? [];
    expect(await cli("add", source, "--agent", "friend", "--yes")).toMatchObject({ code: 0 });
    expect((await cli("list", "--agent", "friend")).stdout).toMatch(
      /tidy +installed .* choir:\S+ by Ada +Tidies a folder/,
    );
    expect(await cli("remove", "tidy", "--agent", "friend", "--json")).toMatchObject({
      stdout: '{"removed":"tidy"}\n',
    });
  });
});
