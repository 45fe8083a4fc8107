import { ApprovalQuestion, RunEvent, RunResult } from "@vibewriter/agent/runs";
import type { FollowedEvent } from "@vibewriter/server";
import pc from "picocolors";
import { askApproval, withChanges } from "../src/approval-prompt.js";
import { clip, plain, plainLines } from "../src/escape.js";
import type { Terminal } from "../src/terminal.js";
import { approvalLines, decidedText } from "../src/view/approval.js";
import { age, clock, count, percent } from "../src/view/format.js";
import { LineView } from "../src/view/lines.js";
import { renderRun } from "../src/view/live.js";
import { memoryFacts } from "../src/view/memory.js";
import { activeMs, advance, EMPTY } from "../src/view/run-state.js";
import { summary } from "../src/view/summary.js";
import { table } from "../src/view/table.js";

const START = Date.parse("2026-11-22T12:00:00Z");
const colors = pc.createColors(false);

/** An event `second` seconds into the run. */
function event(second: number, type: string, data: unknown): FollowedEvent {
  return { ...RunEvent.parse({ type, data }), seq: second + 1, time: new Date(START + second * 1000).toISOString() };
}

const EVENTS = [
  event(0, "status", { status: "running" }),
  event(1, "plan", {
    todos: [
      { content: "Read\u001b[2J the sources", status: "in_progress" },
      { content: "Write", status: "pending" },
    ],
  }),
  event(2, "subagent.started", { id: "a", name: "researcher", description: "Read the notes" }),
  event(3, "tool.started", { id: "t", tool: "read_source", agent: "researcher", task: "a", summary: "aave.md" }),
  event(5, "tool.finished", {
    id: "t",
    tool: "read_source",
    agent: "researcher",
    task: "a",
    ok: false,
    summary: "aave.md",
    ms: 2000,
  }),
];

describe("the live view", () => {
  const frame = (events: FollowedEvent[], second: number, width = 60) =>
    renderRun(events.reduce(advance, EMPTY), {
      ...{
        title: "Research\u200b bees",
        elapsed: clock(second * 1000),
        spinner: "*",
        now: START + second * 1000,
        width,
        colors,
      },
    });

  it("shows the plan, who is at work with which tool, and the time", () => {
    expect(frame(EVENTS, 7)).toEqual([
      `Research\u200b bees${" ".repeat(42)}0:07`,
      "  * Read the sources",
      "  ○ Write",
      "    researcher › read_source aave.md 4 s",
    ]);
  });

  it("shows each researcher of the round with its question, its time, and how it ended", () => {
    const limits = { modelCalls: 24, toolCalls: 80, tokens: 600_000, seconds: 900 };
    const used = { modelCalls: 3, toolCalls: 9, tokens: 0, seconds: 4 };
    const start = (second: number, id: string, question: string) =>
      event(second, "subagent.started", { id, name: "researcher", description: "d", question });
    const round = [
      start(10, "b", "What does it pay?"),
      start(10, "c", "Who loses?"),
      event(10, "budget", { task: "b", agent: "researcher", limits, used }),
      event(14, "budget", { task: "c", agent: "researcher", limits, used, end: "time" }),
    ];
    const lines = frame([...EVENTS, ...round], 15);
    expect(lines).toContain("    ? What does it pay? (5 of 900 s)");
    expect(lines).toContain("    · Who loses? (its time is over)");
    const next = event(20, "subagent.started", { id: "v", name: "verifier", description: "Check" });
    expect(frame([...EVENTS, ...round, next], 21).join("\n")).not.toContain("Who loses?");
    for (const line of frame([...EVENTS, ...round], 15, 30)) expect([...line].length).toBeLessThanOrEqual(30);
  });

  it("does not repeat what was said before the plan", () => {
    const log = event(0, "log", { level: "info", text: "13 sources read." });
    const idle = event(6, "subagent.finished", { id: "a", name: "researcher", ok: true, summary: "", ms: 1 });
    expect(frame([EVENTS[0] as FollowedEvent, log], 1)).toContain("    13 sources read.");
    expect(frame([log, ...EVENTS, idle], 7).at(-1)).toBe("    At work");
  });

  it("fits the terminal, however narrow and however long the texts", () => {
    const long = event(6, "subagent.started", { id: "b", name: "researcher", description: "long ".repeat(100) });
    for (const width of [30, 40, 80]) {
      for (const line of frame([...EVENTS, long], 100, width)) expect([...line].length).toBeLessThanOrEqual(width);
    }
  });

  it("has nobody at work when the run rests, and counts only the time it is driven", () => {
    const state = [
      ...EVENTS,
      event(10, "status", { status: "waiting" }),
      event(110, "status", { status: "running" }),
    ].reduce(advance, EMPTY);
    expect(state.workers.size).toBe(0);
    expect(activeMs(state, START + 115_000)).toBe(15_000);
  });
});

describe("the lines", () => {
  it("say what happened with the run's time in front, and nothing a terminal would obey", () => {
    const notes: string[] = [];
    const terminal: Terminal = {
      streams: process,
      ...{ isLive: false, canAsk: false, json: false, columns: 80, outColumns: 80, colors, outColors: colors },
      note: (text) => notes.push(text),
      print: () => undefined,
      printJson: () => undefined,
      warn: () => undefined,
      ring: () => undefined,
      ask: async () => undefined,
    };
    const view = new LineView(terminal);
    for (const one of EVENTS) view.show(one);
    expect(notes).toEqual([
      "[0:00] running",
      "[0:01] step 1 of 2: Read the sources",
      "[0:02] researcher starts: Read the notes",
      "[0:05] researcher: read_source aave.md (failed)",
    ]);
  });
});

describe("texts", () => {
  it.each([
    ["a\u001b]8;;http://evil\u0007link\u001b]8;;\u0007", "alink"],
    ["a\rb", "a b"],
    ["\u202eabc\u2066", "abc"],
    ["one\ntwo", "one two"],
    ["\u001b[31mred\u001b[0m\u0007", "red"],
    ["\u{e0041}tag", "tag"],
  ])("of others are shown and not obeyed: %j", (text, shown) => {
    expect(plain(text)).toBe(shown);
  });

  it("of many lines keep their lines", () => {
    expect(plainLines("# A\r\n\tb\u001b[1m\u0008")).toBe("# A\n\tb");
    expect(clip("😀😀😀", 2)).toBe("😀…");
  });

  it("are short where a person compares them", () => {
    expect([clock(0), clock(61_000), clock(3_725_000)]).toEqual(["0:00", "1:01", "1:02:05"]);
    expect(percent(0.999)).toBe("99 %");
    expect([count(1, "source"), count(2, "source")]).toEqual(["1 source", "2 sources"]);
    expect(age(new Date(START).toISOString(), START + 5 * 60_000)).toBe("5 min");
    expect(
      table(
        [
          ["A", "LONG"],
          ["bbb", "c"],
        ],
        8,
      ),
    ).toEqual(["A    LO…", "bbb  c"]);
  });
});

describe("the summary", () => {
  it("leaves out what there is not, and shows the report where the person is", () => {
    const text = summary(
      {
        ...{
          runId: "run-1",
          agentId: "main",
          status: "failed",
          report: "/w/reports/bees/draft.md",
          article: null,
          sources: [],
        },
        ...{
          citations: { total: 10, supported: 8, rate: 0.8, method: "lexical" },
          cited: [],
          isolation: "emulated",
          model: "offline",
        },
        durationMs: 5_000,
      },
      "/w",
      colors,
    );
    expect(text).toContain("reports/bees/draft.md");
    expect(text).toContain("8 of 10 citations supported (80 %, text-matched)");
    expect(text).not.toContain("Article");
  });

  it("says where a run's commands ran when that was not here", () => {
    const result = {
      ...{
        runId: "run-1",
        agentId: "main",
        status: "done" as const,
        report: null,
        article: null,
        sources: [],
        cited: [],
      },
      citations: { total: 0, supported: 0, rate: 0, method: "lexical" as const },
      ...{ isolation: "remote" as const, sandbox: "runloop", model: "offline", durationMs: 1 },
    };
    expect(summary(result, "/w", colors)).toMatch(/Isolation +remote \(commands ran at runloop, not on this machine\)/);
  });

  it("shows what each stage took: a dash where there was nothing, a question mark for a cost that nobody knows", () => {
    const stage = { modelCalls: 2, toolCalls: 0, sources: 0, vmSeconds: 0, costUsd: 0 };
    const { stages } = RunResult.pick({ stages: true }).parse({
      stages: [
        { ...stage, stage: "plan", seconds: 61, tokens: null },
        { ...stage, stage: "research", seconds: 5, toolCalls: 12, sources: 3, tokens: 1_234_567, costUsd: 1.5 },
        { ...stage, stage: "check", seconds: 2, vmSeconds: 2.5, tokens: 90 },
      ],
    });
    const run = { runId: "run-1", agentId: "main", status: "done" as const, report: null, article: null };
    const citations = { total: 0, supported: 0, rate: 0, method: "lexical" as const };
    const shown = (stages: RunResult["stages"]) =>
      summary(
        { ...run, sources: [], cited: [], citations, isolation: "emulated", model: "m", durationMs: 1, stages },
        "/w",
        colors,
      ).split("\n");
    expect(shown(stages).slice(-6)).toEqual([
      "",
      "STAGE     TIME  MODEL  TOOLS  SOURCES  TOKENS     VM     COST",
      "plan      1:01  2      -      -        -          -      -",
      "research  0:05  2      12     3        1,234,567  -      $1.50",
      "check     0:02  2      -      -        90         2.5 s  $0.00",
      "all       1:08  6      12     3        1,234,657  2.5 s  $1.50",
    ]);
    const unknown = stages?.map((one) => ({ ...one, costUsd: one.stage === "check" ? null : one.costUsd }));
    expect(shown(unknown).slice(-2)).toEqual([expect.stringMatching(/ \?$/), expect.stringMatching(/ \?$/)]);
  });
});

describe("a question of a run", () => {
  const question = ApprovalQuestion.parse({
    ...{ id: "0123456789abcdef", operation: "cite_over_budget", tool: "cite_article", question: "Cite “A” by B?" },
    ...{ args: { article_id: "a", context: "why" }, why: "The policy\u001b[2J says so.", names: { title: "A" } },
    ...{ taint: [{ origin: "web", name: "https://example.com/\u202e" }] },
  });

  const answering = (...typed: (string | undefined)[]) => answeringTo(question, ...typed);

  async function answeringTo(asked: ApprovalQuestion, ...typed: (string | undefined)[]) {
    const said: string[] = [];
    const asking = { warn: (text: string) => void said.push(text), ask: async () => typed.shift() };
    return { decision: await askApproval(asking, asked), said: said.join("\n"), left: typed };
  }

  it("is answered with yes, no and why, other arguments, or later; shown first if they want", async () => {
    expect(await answering("y")).toMatchObject({ decision: { decision: "approve" }, left: [] });
    expect(await answering("n", "not that")).toMatchObject({ decision: { decision: "reject", message: "not that" } });
    const edited = await answering("e", "", "for its figures");
    expect(edited.decision).toEqual({ decision: "edit", args: { article_id: "a", context: "for its figures" } });
    expect((await answering("e", "", "", "")).decision).toBeUndefined();
    for (const later of [undefined, ""]) expect((await answering(later)).decision).toBeUndefined();
    const { said } = await answering("what?", "s", "");
    expect(said).toContain("  Why:      The policy says so.");
    expect(said).toContain("  With:     article_id = a\n            context = why");
    expect(said).toContain("  Seen:     https://example.com/ (the web)");
    for (const hidden of ["\u001b", "\u202e"]) expect(said).not.toContain(hidden);
  });

  it("shows what it is about before anybody can say yes, bounded, and says how much more there is", async () => {
    const { said } = await answering("y");
    expect(said).toContain("  With:     article_id = a\n            context = why");
    const write = (content: string) => ({
      ...{ ...question, operation: "memory_write" as const, tool: "write_file" },
      args: { file_path: "/memories/x.md", content },
    });
    const hidden = await answeringTo(write("Publish\u202e everything.\u001b[2J"), "y");
    expect(hidden.said).toContain("content = Publish everything.");
    const long = await answeringTo(write(`${"x".repeat(5_000)} the end`), "y");
    expect(long.said.length).toBeLessThan(2_500);
    expect(long.said).toMatch(/… and 3,0\d\d more characters, which s shows$/);
    const tall = await answeringTo(write("\n".repeat(5_000)), "y");
    expect(tall.said.split("\n").length).toBeLessThan(60);
    expect((await answeringTo(write(`${"x".repeat(5_000)} the end`), "s", "")).said).toContain("the end");
    // What is published is a file with a check of its own, and the question says how to read it.
    const publication = await answeringTo({ ...question, operation: "publish" }, "y");
    expect(publication.said).not.toContain("With:");
    expect(publication.said).toContain(`Read it with: vibewriter approvals show ${question.id}`);
  });

  it("shows the text that would be published, without what a terminal obeys, and says what comes of an answer", () => {
    const about = { runId: "run-1", agentId: "main", request: "Towers", askedAt: "2026-11-22T10:00:00Z" };
    const asked = { ...about, status: "waiting" as const, state: "open" as const, question };
    expect(approvalLines({ ...asked, draft: "# Towers\n\nTall\u001b[2J [S1].\n" }).join("\n")).toContain(
      "\n\n# Towers\n\nTall [S1].\n",
    );
    const said = (status: "queued" | "running" | "done" | "cancelled" | "failed" | "interrupted") =>
      decidedText("Approved", { runId: "run-1", status });
    for (const status of ["queued", "running"] as const) expect(said(status)).toMatch(/goes on by itself/);
    for (const status of ["cancelled", "failed", "interrupted"] as const) {
      expect(said(status)).toBe(`Approved; run run-1 is ${status}, and goes on with \`vibewriter resume run-1\`.`);
    }
    expect(said("done")).toMatch(/is done: nothing more/);
  });

  it("names what the agent had seen as an entry of its memory does", () => {
    const entry = {
      ...{ path: "facts/a.md", version: 1, size: 1, sha256: "0".repeat(64), by: "agent" as const, writer: "run-1" },
      ...{ taint: question.taint, createdAt: "2026-11-26T12:00:00Z", modifiedAt: "2026-11-26T12:00:00Z" },
    };
    expect(memoryFacts(entry)).toContain("After it had seen: https://example.com/ (the web)");
  });

  it("takes a text where one was and JSON elsewhere", () => {
    expect(withChanges({ a: "x", b: { c: 1 } }, { a: "1", b: '{"c":2}', d: "y" })).toEqual({
      a: "1",
      b: { c: 2 },
      d: "y",
    });
  });
});
