import { AIMessage, HumanMessage, ToolMessage } from "@langchain/core/messages";
import { z } from "zod";
import { type RunTool, whileOpen } from "../../src/bridge/run-tools.js";
import { researcherBudget } from "../../src/middleware/researcher-budget.js";
import { runBudget } from "../../src/middleware/run-budget.js";
import { BudgetMeter } from "../../src/research/budget.js";
import { ResearcherLimits } from "../../src/research/limits.js";
import { isEndless, loopIn, withWarning } from "../../src/research/loops.js";
import { StageLedger } from "../../src/research/stages.js";
import type { RunEvent } from "../../src/runs/event.js";

let ids = 0;
const usage = (agent: string, tokens: number | null, costUsd: number | null = 0.5): RunEvent => ({
  type: "usage",
  data: { agent, model: "m", inputTokens: tokens, outputTokens: tokens === null ? null : 0, costUsd },
});
const called = (agent: string, tool: string, ms: number, source?: string): RunEvent => ({
  type: "tool.finished",
  data: { id: `c${++ids}`, tool, agent, ok: true, summary: "", source, ms },
});
const started = (name: string, id: string): RunEvent => ({
  type: "subagent.started",
  data: { id, name, description: "" },
});
const finished = (name: string, id: string): RunEvent => ({
  type: "subagent.finished",
  data: { id, name, ok: true, summary: "", ms: 1 },
});
const status = (now: "running" | "waiting"): RunEvent => ({ type: "status", data: { status: now } });

describe("what each stage of a run took", () => {
  const told: [RunEvent, number][] = [
    [status("running"), 0],
    [usage("vibewriter", 100), 2],
    [started("researcher", "r1"), 3],
    [started("researcher", "r2"), 3],
    [called("researcher", "read_source", 900, "S1"), 8],
    [called("script", "read_source", 900, "S2"), 8],
    [called("researcher", "read_source", 900, "S2"), 8],
    [usage("researcher", 1_000, null), 10],
    [finished("researcher", "r1"), 11],
    [finished("researcher", "r2"), 13],
    [usage("vibewriter", 200), 20],
    [called("vibewriter", "execute", 2_500), 22],
    [started("verifier", "v"), 23],
    [usage("judge", 50), 27],
    [called("verifier", "read_source", 900, "S2"), 27],
    [finished("verifier", "v"), 28],
    [status("waiting"), 28],
    [status("running"), 5_000],
    [started("publisher", "p"), 5_001],
    [usage("publisher", null, 0), 5_004],
  ];

  it("is told by who did it and when; waiting for a person is no work, and what is told twice is spent once", () => {
    const ledger = new StageLedger();
    for (const [index, [event, at]] of [...told, ...told].entries())
      ledger.saw(event, `e${index % told.length}`, at * 1_000);
    const took = (stage: string, counts: object) => ({ stage, modelCalls: 1, ...counts });
    // What the models of a stage did not count is not nothing; a source counts where it was read first, whoever read it.
    expect(ledger.costs).toEqual([
      took("plan", { seconds: 3, tokens: 100, toolCalls: 0, sources: 0, vmSeconds: 0, costUsd: 0.5 }),
      took("research", { seconds: 10, tokens: 1000, toolCalls: 2, sources: 2, vmSeconds: 0, costUsd: null }),
      took("write", { seconds: 11, tokens: 200, toolCalls: 1, sources: 0, vmSeconds: 2.5, costUsd: 0.5 }),
      took("check", { seconds: 5, tokens: 50, toolCalls: 1, sources: 0, vmSeconds: 0, costUsd: 0.5 }),
      took("publish", { seconds: 3, tokens: null, toolCalls: 0, sources: 0, vmSeconds: 0, costUsd: 0 }),
    ]);
  });
});

describe("a budget", () => {
  it.each([
    ["tokens", { maxTokens: 1_000 }, usage("vibewriter", 400), "400 of 1000 tokens"],
    ["tool calls", { maxToolCalls: 5 }, called("vibewriter", "ls", 1), "1 of 5 tool calls"],
    ["money", { maxCostUsd: 1 }, usage("vibewriter", 1, 0.3), "$0.30 of $1.00"],
  ])("of %s is open, then concluding with a reserve for the report, then over", (_, budget, event, text) => {
    const meter = new BudgetMeter({ budget, seconds: () => 0 });
    const stages: string[] = [];
    for (let n = 0; n < 8; n++) {
      meter.saw(event, `e${n}`, n);
      if (n === 0) expect(meter.text).toBe(text);
      if (stages.at(-1) !== meter.stage) stages.push(meter.stage);
    }
    expect(stages).toEqual(["open", "concluding", "over"]);
  });

  it("of minutes has time for what is not the report's, for the report, and a little for what no model writes", () => {
    let seconds = 0;
    const meter = new BudgetMeter({ budget: { maxMinutes: 10, maxVmSeconds: 100 }, seconds: () => seconds });
    const at = (now: number) => {
      seconds = now;
      return [meter.stage, meter.secondsLeft, meter.secondsToSpare, meter.commandSecondsLeft].map((left) =>
        typeof left === "number" ? Math.round(left) : left,
      );
    };
    expect([at(0), at(400), at(490), at(590)]).toEqual([
      ["open", 590, 413, 100],
      ["open", 190, 13, 13],
      ["concluding", 100, 50, 50],
      ["over", 0, 0, 0],
    ]);
    meter.saw(called("vibewriter", "execute", 60_000), "x", 0);
    expect([at(0).at(-1), new BudgetMeter({ budget: {}, seconds: () => 0 }).commandSecondsLeft]).toEqual([
      40,
      Infinity,
    ]);
  });

  it("of seconds in the VM ends commands and nothing else; one of a stage ends that stage alone", () => {
    const stages = { research: { maxToolCalls: 2 } };
    const meter = new BudgetMeter({ budget: { maxVmSeconds: 3, stages }, seconds: () => 0 });
    meter.saw(called("vibewriter", "execute", 3_200), "x", 0);
    expect([meter.isVmSpent, meter.stage]).toEqual([true, "open"]);
    meter.saw(called("researcher", "read_source", 1), "r1", 1);
    expect(meter.isStageOver("research")).toBe(false);
    meter.saw(called("researcher", "read_source", 1), "r2", 2);
    expect([meter.isStageOver("research"), meter.isStageOver("check"), meter.stage]).toEqual([true, false, "open"]);
  });
});

it("a budget of seconds in the VM is used up by all commands that are under way, and ends them all when it is", async () => {
  vi.useFakeTimers();
  try {
    const meter = new BudgetMeter({ budget: { maxVmSeconds: 12 }, seconds: () => 0 });
    const begin = (id: string) => {
      const data = { id, tool: "execute", agent: "vibewriter", summary: "" };
      meter.saw({ type: "tool.started", data }, `${id}.started`, 0);
    };
    const end = (id: string, ms: number) => {
      const data = { id, tool: "execute", agent: "vibewriter", ok: true, summary: "", ms };
      meter.saw({ type: "tool.finished", data }, `${id}.finished`, 0);
    };
    begin("a");
    vi.advanceTimersByTime(2_000);
    for (const id of ["b", "c", "d"]) begin(id);
    const test = meter.startInVm("test");
    vi.advanceTimersByTime(1_000);
    end("b", 1_000);
    test[Symbol.dispose]();
    // 3 + 1 + 1 + 1 of 12 s; a test that was not told of as finished is none.
    expect(meter.commandSecondsLeft).toBe(6);
    vi.advanceTimersByTime(1_990);
    expect([meter.vmSpent.aborted, meter.isVmSpent]).toEqual([false, false]);
    vi.advanceTimersByTime(20);
    expect([meter.vmSpent.aborted, meter.isVmSpent, meter.commandSecondsLeft]).toEqual([true, true, 0]);
  } finally {
    vi.useRealTimers();
  }
});

describe("programs in the VM", () => {
  const signal = new AbortController().signal;
  const search: RunTool = { name: "web_search", description: "", schema: z.object({}), run: async () => "[]" };

  it("have nothing of what is kept for the report: neither the model nor a search", async () => {
    const meter = new BudgetMeter({ budget: { maxTokens: 1_000 }, seconds: () => 0 });
    const tool = whileOpen(search, () => meter.mayLook);
    expect(await tool.run({}, signal)).toBe("[]");
    meter.saw(usage("script", 699), "u1", 0);
    expect([meter.mayLook, await tool.run({}, signal)]).toEqual([true, "[]"]);
    meter.saw(usage("script", 1), "u2", 1);
    expect([meter.stage, meter.mayLook]).toEqual(["concluding", false]);
    await expect(tool.run({}, signal)).rejects.toMatchObject({ name: "Refusal", code: "over_budget" });
  });

  it("look no more either when the stage of the main agent has spent its own part", () => {
    const meter = new BudgetMeter({ budget: { stages: { plan: { maxTokens: 100 } } }, seconds: () => 0 });
    meter.saw(usage("script", 100), "u", 0);
    expect([meter.stage, meter.mayLook]).toEqual(["open", false]);
  });

  it("use up no calls of tools that the run's agents may make", () => {
    const meter = new BudgetMeter({ budget: { maxToolCalls: 5 }, seconds: () => 0 });
    for (let n = 0; n < 100; n++) meter.saw(called("script", "web_search", 1), `script.1.${n}.finished`, n * 1_000);
    expect([meter.stage, meter.text]).toEqual(["open", "0 of 5 tool calls"]);
  });
});

const researcher: typeof runBudget = (o) =>
  researcherBudget({ ...o, limits: ResearcherLimits.parse({}), claimsBy: async () => [] });

it.each([
  ["an agent", runBudget],
  ["a researcher", researcher],
] as const)(
  "calls of one message of %s count from their start: twenty of them make no more than are left, and what is found is kept",
  async (_, budgetOf) => {
    const meter = new BudgetMeter({ budget: { maxToolCalls: 3 }, seconds: () => 0 });
    meter.saw(called("vibewriter", "ls", 1), "before", 0);
    const { wrapToolCall } = budgetOf({ meter, emit: async () => undefined });
    const made: string[] = [];
    const call = async (name: string, n: number) => {
      const toolCall = { id: `t${n}`, name, args: {}, type: "tool_call" as const };
      const request = { toolCall, state: { messages: [] }, runtime: {} } as unknown as Parameters<
        NonNullable<typeof wrapToolCall>
      >[0];
      return await wrapToolCall?.(request, async () => {
        made.push(name);
        await Promise.resolve();
        return new ToolMessage({ content: "done", tool_call_id: `t${n}`, name });
      });
    };
    const answers = await Promise.all([
      ...Array.from({ length: 20 }, (_, n) => call("grep", n)),
      call("record_claims", 20),
    ]);
    expect(made).toEqual(["grep", "grep", "record_claims"]);
    expect(answers[2]).toMatchObject({
      status: "error",
      content: expect.stringMatching(/may make no more calls of tools/),
    });
  },
);

it("a researcher whose time is over waits for what has an effect, and not for what only looks for more", async () => {
  const meter = new BudgetMeter({ budget: {}, seconds: () => 0 });
  const limits = { modelCalls: 9, toolCalls: 9, tokens: 9, seconds: 0.01 };
  const { wrapToolCall } = researcherBudget({ limits, meter, claimsBy: async () => [], emit: async () => undefined });
  const call = async (name: string) => {
    const toolCall = { id: "t", name, args: {}, type: "tool_call" as const };
    const state = { messages: [new AIMessage({ content: "", tool_calls: [toolCall] })] };
    const request = { toolCall, state, runtime: {} } as unknown as Parameters<NonNullable<typeof wrapToolCall>>[0];
    const answer = await wrapToolCall?.(request, async () => {
      await new Promise((resolve) => setTimeout(resolve, 60));
      return new ToolMessage({ content: "done", tool_call_id: "t", name });
    });
    return ToolMessage.isInstance(answer) ? answer.text : "";
  };
  for (const name of ["write_file", "record_claims", "reach_host", "execute"]) expect(await call(name)).toBe("done");
  for (const name of ["web_search", "read_source"]) expect(await call(name)).toContain("Your time is over.");
});

describe("an agent that goes round in circles", () => {
  const turn = (n: number, name: string, args: object, answer: string) => [
    new AIMessage({ content: "", tool_calls: [{ id: `t${n}`, name, args: { ...args }, type: "tool_call" }] }),
    new ToolMessage({ content: answer, tool_call_id: `t${n}`, name }),
  ];
  const turns = (count: number, of: (n: number) => [string, object, string]) =>
    Array.from({ length: count }, (_, n) => turn(n, ...of(n))).flat();

  it.each<[string, (n: number) => [string, object, string], number | undefined]>([
    ["the same call with the same answer", () => ["ls", { path: "/a" }, "nothing"], 9],
    ["two calls by turns", (n) => [n % 2 ? "ls" : "grep", { n: n % 2 }, "nothing"], 8],
    ["other words, the same answer", (n) => ["web_search", { query: `q${n}` }, "no results"], 4],
    ["the same call with other answers", (n) => ["execute", { command: "date" }, `${n}`], undefined],
    ["other calls with other answers", (n) => ["read_file", { offset: n }, `page ${n}`], undefined],
  ])("is seen by %s", (_, of, calls) => {
    expect(loopIn(turns(10, of))?.calls).toBe(calls);
  });

  it("begins anew with what a person says", () => {
    const once = () => ["ls", { path: "/a" }, "nothing"] satisfies [string, object, string];
    const [before, after] = [turns(6, once), turns(2, once)];
    expect(loopIn([...before, new HumanMessage("And now?"), ...after])?.calls).toBe(1);
    const note = new HumanMessage({ content: "Conclude.", additional_kwargs: { lc_source: "budget" } });
    expect(loopIn([...before, note, ...after])?.calls).toBe(7);
  });

  it("is warned behind the answer, which stays what it was, and ended if that does not help", () => {
    const once = (count: number) => turns(count, () => ["ls", { path: "/a" }, "nothing"]);
    const answerOf = (count: number) => {
      const messages = once(count);
      const last = messages.pop();
      return withWarning(last, messages);
    };
    expect(answerOf(3)).toMatchObject({ content: "nothing" });
    const warned = answerOf(4);
    expect(warned).toMatchObject({
      tool_call_id: "t3",
      content: expect.stringMatching(/^nothing\n\n<loop>\nYou have repeated calls 3 times, ls/),
    });
    // A warning does not make an answer a new one.
    const content = ToolMessage.isInstance(warned) ? warned.text : "";
    const told = once(9).map((message) =>
      ToolMessage.isInstance(message)
        ? new ToolMessage({ content, tool_call_id: message.tool_call_id, name: "ls" })
        : message,
    );
    expect(isEndless(loopIn(told))).toBe(true);
    expect(isEndless(loopIn(once(8)))).toBe(false);
  });
});
