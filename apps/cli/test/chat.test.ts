import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { finished, start } from "../../../tests/support/cli.js";
import { type TestHome, testHome } from "../../../tests/support/home.js";
import { inProcess as cli } from "../../../tests/support/in-process.js";
import { ScriptedModel } from "../../../tests/support/scripted-model.js";
import { Pty } from "./support/pty.js";

let home: TestHome;
let notes: string;
beforeAll(async () => {
  home = await testHome();
  notes = join(home.path, "notes");
  await mkdir(notes, { recursive: true });
  const text = "# Tide mills\n\nRepairing the sluice gates of the Eling mill cost 240,000 euros in 2019.\n";
  await writeFile(join(notes, "mills.md"), text);
});
afterAll(async () => {
  await home[Symbol.asyncDispose]();
});

const chat = (...args: string[]) =>
  cli(home.path, ["chat", ...args, "--out", join(home.path, "reports")], { timeoutMs: 400_000 });

const UP = "\u001b[A";

/** The conversation as the server has it. */
async function standing() {
  const { stdout } = await cli(home.path, ["runs", "--json"]);
  return JSON.parse(stdout).runs.find(({ runId }: { runId: string }) => runId === "chat-main");
}

describe("vibewriter chat", () => {
  it("answers a message from an argument and from standard input, and keeps the conversation", async () => {
    const asked = await chat("--sources", notes, "--message", "What did repairing the sluice gates cost?");
    expect(asked, asked.stderr).toMatchObject({ code: 0 });
    expect(asked.stdout).toContain("cost 240,000 euros in 2019 [S1].");
    expect(asked.stderr).toContain("web_search");
    const child = start(home.path, ["chat", "--json"], {}, "pipe");
    child.stdin?.end("Remember that the budget is 300,000 euros.\n");
    const told = await finished(child, 120_000);
    expect(JSON.parse(told.stdout)).toMatchObject({
      runId: "chat-main",
      status: "done",
      answer: expect.stringContaining("300,000"),
    });
    const recalled = await chat("--message", "What did I tell you about the budget?");
    expect(recalled.stdout).toContain("the budget is 300,000 euros.");
  }, 600_000);

  it("shows and sets the plan of a conversation, and says what is wrong with one", async () => {
    expect((await chat("--message", "The plan: read; write")).code).toBe(0);
    const plan = (...args: string[]) => cli(home.path, ["runs", "plan", "chat-main", ...args]);
    expect((await plan()).stdout).toBe("- [ ] read\n- [ ] write\n");
    await writeFile(join(home.path, "plan.md"), "My plan\n\n- [x] read\n- [-] rest\n");
    expect((await plan("--set", join(home.path, "plan.md"))).stdout).toBe("- [x] read\n- [-] rest\n");
    expect(JSON.parse((await plan("--json")).stdout)).toMatchObject({
      todos: [{ status: "completed" }, { content: "rest" }],
    });
    await writeFile(join(home.path, "plan.md"), "no boxes here");
    const wrong = await plan("--set", join(home.path, "plan.md"));
    expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining("- [ ] Read the sources") });
    expect((await chat("--message", "What is the plan?")).stdout).toContain("2. rest (under way)");
    expect(await readFile(join(home.path, "plan.md"), "utf8")).toBe("no boxes here");
  }, 300_000);

  it("on a terminal answers, stops an answer on Ctrl-C, leaves on Ctrl-D, and knows what was said when it comes back", async () => {
    const question = "What did repairing the sluice gates cost?";
    const open = (...args: string[]) => new Pty(home.path, ["chat", ...args, "--out", join(home.path, "reports")]);
    const minute = 60_000;
    {
      using pty = open("--sources", notes, "--model", "offline");
      await pty.shows(/\/help .*> /s, minute);
      pty.type(`${question}\r`);
      await pty.shows(/cost 240,000 euros in 2019 \[S1\]/, 3 * minute);
      await pty.shows(/> /);
      pty.type("Write a report on the sluice gates of the Eling mill\r");
      await pty.shows(/plan: /, minute);
      pty.type("\u0003");
      await pty.shows(/Stopped; go on with what you like\.\r\n.*> /s, minute);
      expect(await standing()).toMatchObject({ status: "cancelled" });
      // Two lines at once, as a paste brings them: the second is said when the first is answered.
      pty.type("hello\rWhat is the plan?\r");
      await pty.shows(/offline model/, 2 * minute);
      await pty.shows(/The plan:\r\n1\. /, minute);
      await pty.shows(/> /);
      pty.type("not sent\u0003");
      await pty.shows(/Ctrl-D leaves/);
      pty.type("\u0004");
      expect(await pty.ended()).toEqual({ code: 0, restored: true });
    }
    const { turns } = await standing();
    expect(turns.map(({ text }: { text: string }) => text).slice(-4)).toEqual([
      ...[question, expect.stringContaining("report"), "hello", "What is the plan?"],
    ]);
    using pty = open();
    await pty.shows(/goes on.*> /s, minute);
    pty.type(UP.repeat(4));
    await pty.shows(/What did repairing the sluice gates cost\?/);
    pty.type("\r");
    await pty.shows(/cost 240,000 euros in 2019 \[S1\]/, 2 * minute);
    await pty.shows(/> /);
    pty.type("\u0004");
    expect(await pty.ended()).toEqual({ code: 0, restored: true });
    expect(await standing()).toMatchObject({ status: "done", result: { article: null } });
  }, 600_000);

  it("refuses what cannot be said with a sentence", async () => {
    expect(await chat("--message", " ")).toMatchObject({ code: 2, stderr: expect.stringContaining("empty") });
    expect(await chat("--message", "x".repeat(8_001))).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("8,000"),
    });
    expect(await chat("NOT-AN-ID", "--message", "x")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("lower-case"),
    });
    const unknown = await cli(home.path, ["research", "more", "--continue", "run-unknown"]);
    expect(unknown).toMatchObject({ code: 2, stderr: expect.stringContaining("There is no run run-unknown") });
  }, 120_000);
});

describe("vibewriter research on a terminal", () => {
  it("shows what the agent asks about the request, and the agent hears what is typed", async () => {
    const question = { question: "Which mill?", options: ["Eling", "Woodbridge"], assumption: "Eling." };
    await using model = await ScriptedModel.open((_, turn) =>
      turn === 0 ? [{ tool: "ask_person", args: question }] : [],
    );
    const args = ["research", "What did the mill cost?", "--sources", notes, "--model", "openai:scripted"];
    using pty = new Pty(home.path, [...args, "--out", join(home.path, "reports")], model.keys);
    await pty.shows(/Which mill\?\r\n +1\. Eling\r\n +2\. Woodbridge\r\n +Without an answer: Eling\./, 60_000);
    await pty.shows(/Your answer \[Enter = go on with that\]: /);
    pty.type("2\r");
    await pty.shows(/Nothing was published/, 60_000);
    expect(await pty.ended()).toEqual({ code: 1, restored: true });
    expect(model.answers.map(({ text }) => JSON.parse(text))).toMatchObject([{ answered: true, answer: "Woodbridge" }]);
  }, 180_000);
});
