import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { ScriptedModel } from "../../../../tests/support/scripted-model.js";
import { ResearcherLimits } from "../../src/research/limits.js";
import type { RunEvent } from "../../src/runs/event.js";
import type { RunRecord } from "../../src/runs/record.js";
import type { ModelCall } from "../../src/telemetry/observer.js";
import { LIST_PRICES } from "../../src/telemetry/prices.js";
import { SILENT } from "../../src/telemetry/telemetry.js";
import { anthropicProtocol } from "../support/model-server/anthropic.js";
import type { ModelReply, ModelRequest, ServedCall } from "../support/model-server/brain.js";
import { ModelServer } from "../support/model-server/model-server.js";
import { openaiProtocol } from "../support/model-server/openai.js";
import { World } from "../support/world.js";

const SENTENCE = "The lighthouse of Kap Arkona was built in 1827.";
/** Makes a question of the scripted model cost two dollars: it says that it read a token and wrote one. */
const DEAR = { input: 1e6, output: 1e6 };
const PRICES = { ...LIST_PRICES, "openai:scripted": DEAR, "openai:served": DEAR, "anthropic:served": DEAR };

const figures: ModelCall[] = [];
let world: World;
let notes: string;
beforeAll(async () => {
  world = await World.open({
    telemetry: { ...SILENT, prices: PRICES, observer: { modelCalled: (called) => void figures.push(called) } },
    researcher: ResearcherLimits.parse({ seconds: 8, modelCalls: 7 }),
  });
  notes = await world.folder("notes", { "tower.md": `# Towers\n\n${SENTENCE} It is 19 metres high.\n` });
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

function task(name: string) {
  return {
    tool: "task",
    args: {
      subagent_type: "researcher",
      description: `Question: What is said of ${name}?\nH1: It fell down.\nYour name is ${name}`,
    },
  };
}

const CLAIM = {
  tool: "record_claims",
  args: {
    claims: [{ text: SENTENCE, question: "What is said of it?", support: [{ source: "S1", quote: SENTENCE }] }],
  },
};

function called({ tool, args }: { tool: string; args: ServedCall["args"] }): ServedCall {
  return { name: tool, args };
}

async function run(model: ScriptedModel, request: string, more: object = {}): Promise<RunRecord> {
  const asked = { model: "openai:scripted", sources: [notes], out: world.out, request, ...more };
  const { runId } = await world.client.start(asked, model.keys);
  return await world.bench.drive(runId, { keys: model.keys });
}

/** How researchers ended, by their names. */
function endsOf(events: readonly RunEvent[]): Record<string, string> {
  const names = new Map(
    events.flatMap((event) => {
      if (event.type !== "subagent.started") return [];
      return [[event.data.id, /of (\w+)\?/.exec(event.data.question ?? "")?.[1] ?? ""] as const];
    }),
  );
  return Object.fromEntries(
    events.flatMap((event) =>
      event.type === "budget" && event.data.end !== undefined ? [[names.get(event.data.task), event.data.end]] : [],
    ),
  );
}

async function draftOf(record: RunRecord): Promise<string> {
  return await readFile(join(record.folder, "draft.md"), "utf8");
}

describe("five researchers", () => {
  it("work at the same time, and a failed and a hanging one cost only their own part", async () => {
    const there = new Set<string>();
    let isComplete: () => void = () => undefined;
    const complete = new Promise<void>((resolve) => {
      isComplete = resolve;
    });
    await using model = await ScriptedModel.open(async (first, turn) => {
      const name = first.split(" ").at(-1) ?? "";
      if (!first.startsWith("Question:")) {
        return turn === 0
          ? ["one", "two", "three", "four", "five"].map(task)
          : turn === 1
            ? [{ tool: "findings", args: {} }]
            : [];
      }
      there.add(name);
      if (there.size === 5) isComplete();
      // Nobody gets on before all of them are there: one after the other would never.
      await complete;
      if (name === "four") throw new Error("overloaded");
      if (name === "five") await new Promise(() => undefined);
      return turn === 0 ? [CLAIM] : [];
    });
    const record = await run(model, "Research the lighthouse with five researchers");
    const events = await world.events(record.runId);
    expect(endsOf(events)).toEqual({
      one: "answered",
      two: "answered",
      three: "answered",
      four: "model_failed",
      five: "time",
    });
    // The main agent hears why each ended, and has what the others found.
    const tasks = model.answers.filter(({ id }) => /\.0\.[3-4]$/.test(id)).map(({ text }) => text);
    expect(tasks[0]).toMatch(/^ENDED: .*its model failed/);
    expect(tasks[1]).toMatch(/^ENDED: .*its time is over.*no claims/);
    expect(model.answers.find(({ text }) => text.startsWith("## Claims"))?.text).toContain(
      `- C1 (0.71): ${SENTENCE} Says: S1.`,
    );
    // It wrote nothing itself: what was recorded is put together all the same, and published by nobody.
    expect(record).toMatchObject({ status: "failed", error: { code: "not_published" } });
    const draft = await draftOf(record);
    expect(draft).toContain("- The lighthouse of Kap Arkona was built in 1827 [S1].");
    // What the killed ones were to find out is missing, and so is what would bear on the hypothesis.
    const missing = draft.slice(draft.indexOf("## What is missing"));
    for (const name of ["four", "five"]) expect(missing).toContain(`- What is said of ${name}? No claim was recorded`);
    expect(missing).not.toContain("What is said of one?");
    expect(missing).toContain("- H1: It fell down. No claim speaks for it or against it.");
  }, 60_000);

  it("are refused from the sixth on", async () => {
    await using model = await ScriptedModel.open((first, turn) =>
      first.startsWith("Question:") || turn > 0 ? [] : ["one", "two", "three", "four", "five", "six"].map(task),
    );
    const record = await run(model, "Research the lighthouse with six");
    expect(Object.keys(endsOf(await world.events(record.runId)))).toHaveLength(5);
    expect(model.answers.find(({ id }) => id.endsWith(".0.5"))?.text).toContain("At most 5 researchers start at once");
  }, 60_000);
});

describe("a researcher that finds no end", () => {
  it("is told to conclude, then gets no more tools and one more answer; what it had recorded stays", async () => {
    await using model = await ScriptedModel.open((first, turn) => {
      if (!first.startsWith("Question:")) return turn === 0 ? [task("loop")] : [];
      return turn === 0 ? [CLAIM] : [{ tool: "web_search", args: { query: `tower ${turn}` } }];
    });
    const record = await run(model, "Research the lighthouse without end");
    expect(endsOf(await world.events(record.runId))).toEqual({ loop: "model_calls" });
    const asked = model.heard.filter((body) => body.includes("Your name is loop") && !body.includes('"name":"task"'));
    expect(asked).toHaveLength(7);
    expect(asked.map((body) => /Conclude now|Your work ends here/.exec(body)?.[0])).toEqual([
      ...[undefined, undefined, undefined, undefined, undefined, "Conclude now"],
      "Your work ends here",
    ]);
    expect(JSON.parse(asked[6] ?? "{}")).toMatchObject({ tool_choice: "none" });
    expect(model.answers.find(({ id }) => id === "end.0.0")?.text).toMatch(
      /^ENDED: .*model calls are used up.*It has recorded the claims C1\./,
    );
  }, 60_000);
});

describe("a run whose model fails", () => {
  it("has what was found laid out, goes on when it is resumed, and lays out what there is then", async () => {
    let isAway = true;
    await using model = await ScriptedModel.open((first, turn) => {
      if (first.startsWith("Question:")) return turn === 0 ? [CLAIM] : [];
      if (turn === 0) return [task("one")];
      if (isAway) throw new Error("away");
      return [];
    });
    const failed = await run(model, "Research the lighthouse until the model fails");
    expect(failed).toMatchObject({ status: "failed", error: { code: "model_failed" } });
    expect(await draftOf(failed)).toContain("- The lighthouse of Kap Arkona was built in 1827 [S1].");
    isAway = false;
    await world.client.resume(failed.runId, model.keys);
    const ended = await world.bench.drive(failed.runId, { keys: model.keys });
    expect(ended).toMatchObject({ status: "failed", error: { code: "not_published" } });
    const logs = (await world.events(ended.runId)).flatMap((event) => (event.type === "log" ? [event.data.text] : []));
    expect(logs).toContainEqual(expect.stringMatching(/^The model failed without a checked draft/));
    expect(logs).toContainEqual(expect.stringMatching(/^The agent ended without a checked draft/));
  }, 60_000);
});

describe("a run whose budget ends", () => {
  it("stops looking when most is spent, is told to write, and leaves a draft with what is missing", async () => {
    await using model = await ScriptedModel.open((first, turn) => {
      if (!first.startsWith("Question:")) return turn === 0 ? [task("spend")] : [{ tool: "findings", args: {} }];
      return turn === 0 ? [CLAIM] : [{ tool: "web_search", args: { query: `tower ${turn}` } }];
    });
    const record = await run(model, "Research the lighthouse for fourteen dollars", { budget: { maxCostUsd: 14 } });
    expect(endsOf(await world.events(record.runId))).toEqual({ spend: "run_budget" });
    const told = model.heard.filter((body) => body.includes("Most of the run's budget is spent ($12.00 of $14.00)"));
    expect(told).toHaveLength(1);
    // Seven questions of two dollars each, and no eighth.
    expect(model.heard).toHaveLength(7);
    expect(record.error?.message).toMatch(/The budget of the run is spent \(\$14\.00 of \$14\.00\)/);
    expect(await draftOf(record)).toContain(SENTENCE.slice(0, -1));
  }, 60_000);

  it.each([
    ["tokens", { maxTokens: 1_000 }, /\d+ of 1000 tokens/],
    ["tool calls", { maxToolCalls: 5 }, /\d+ of 5 tool calls/],
  ])(
    "of %s says which it was, and has a draft",
    async (_, budget, text) => {
      await using server = await ModelServer.open(openaiProtocol, async ({ messages }) => {
        const first = messages[0]?.text ?? "";
        const turn = messages.filter(({ role }) => role === "assistant").length;
        const usage = { input: 100, output: 50 };
        const { tool, args } = first.startsWith("Question:")
          ? turn === 0
            ? CLAIM
            : { tool: "web_search", args: { query: `tower ${turn}` } }
          : turn === 0
            ? task("spend")
            : { tool: "ls", args: { path: `/${turn}` } };
        return { calls: [{ name: tool, args }], usage };
      });
      const request = { request: "Research the lighthouse", model: "openai:served", sources: [notes], out: world.out };
      const { runId } = await world.client.start({ ...request, budget }, server.keys);
      const record = await world.bench.drive(runId, { keys: server.keys });
      expect(record.error?.message).toMatch(text);
      expect(record.error?.message).toMatch(/budget of the run is spent/i);
      expect(await draftOf(record)).toContain(SENTENCE.slice(0, -1));
    },
    60_000,
  );

  it("of minutes cuts off what is under way, a researcher, a command and the writer, in time for a draft", async () => {
    const sleep = { name: "execute", args: { command: "exec sleep 60" } };
    await using server = await ModelServer.open(openaiProtocol, async ({ messages }) => {
      const first = messages[0]?.text ?? "";
      const isFirst = messages.every(({ role }) => role !== "assistant");
      if (isFirst && first.startsWith("Question:")) return { calls: [called(CLAIM)] };
      return isFirst ? { calls: [called(task("spend")), sleep] } : { text: "Well …", delayMs: 60_000 };
    });
    const request = { request: "Research the lighthouse", model: "openai:served", sources: [notes], out: world.out };
    const { runId } = await world.client.start({ ...request, budget: { maxMinutes: 0.08 } }, server.keys);
    const record = await world.bench.drive(runId, { keys: server.keys });
    expect(record.error?.message).toMatch(/The budget of the run is spent \([\d.]+ of 0\.08 min\)/);
    expect(await draftOf(record)).toContain(SENTENCE.slice(0, -1));
    const events = await world.events(runId);
    expect(endsOf(events)).toEqual({ spend: "run_budget" });
    expect(server.asked.at(-1)?.messages.at(-1)?.text).toContain("what is left is for the report");
    const ms = events.flatMap((event) =>
      event.type === "tool.finished" && event.data.tool === "execute" ? [event.data.ms] : [],
    );
    expect(Math.max(...ms)).toBeLessThan(30_000);
    const logs = events.flatMap((event) => (event.type === "log" ? [event.data.text] : []));
    expect(logs).toContainEqual(expect.stringMatching(/^The budget of the run was spent, so the agent ended w/));
  }, 60_000);

  it("of seconds in the VM is not exceeded by commands side by side: they end together, and the run goes on", async () => {
    const sleep = { name: "execute", args: { command: "exec sleep 20" } };
    await using server = await ModelServer.open(openaiProtocol, ({ messages }) =>
      messages.every(({ role }) => role !== "assistant") ? { calls: Array(6).fill(sleep) } : { text: "Done." },
    );
    const request = { request: "Sleep", model: "openai:served", sources: [notes], out: world.out };
    const { runId } = await world.client.start({ ...request, budget: { maxVmSeconds: 3 } }, server.keys);
    await world.bench.drive(runId, { keys: server.keys });
    const ms = (await world.events(runId)).flatMap((event) =>
      event.type === "tool.finished" && event.data.tool === "execute" ? [event.data.ms] : [],
    );
    // Each by itself would take the three seconds.
    expect(ms).toHaveLength(6);
    expect(ms.reduce((sum, one) => sum + one, 0)).toBeLessThan(9_000);
  });

  it("is not begun where nobody knows what the model costs", async () => {
    const asked = { request: "Research it", model: "openai:other", sources: [notes], out: world.out };
    const keys = { OPENAI_API_KEY: "no-real-key" };
    await expect(world.client.start({ ...asked, budget: { maxCostUsd: 1 } }, keys)).rejects.toThrow(
      "The price of openai:other is not known",
    );
    const ofStage = { ...asked, budget: { stages: { research: { maxCostUsd: 1 } } } };
    await expect(world.client.start(ofStage, keys)).rejects.toThrow("The price of openai:other is not known");
  });
});

describe.each([
  ["anthropic", anthropicProtocol],
  ["openai", openaiProtocol],
] as const)("what a run of %s says that it took", (name, protocol) => {
  /** Many words, so that the thread is soon summarized. */
  const long = "All work and no play. ".repeat(900);
  const call = (tool: string, args: ServedCall["args"], text?: string) => ({ text, calls: [{ name: tool, args }] });
  const subagent = (type: string, description: string) => call("task", { subagent_type: type, description }, long);

  it("is what the model has said, whoever asked it and whatever came of the answer", async () => {
    const said: number[] = [];
    const earlier = figures.length;
    let main = 0;
    let judged = 0;
    const brain = ({ system, messages }: ModelRequest): ModelReply => {
      const first = messages[0]?.text ?? "";
      const turn = messages.filter(({ role }) => role === "assistant").length;
      if (first.startsWith("Summarize the conversation")) return { text: "There is a tower." };
      if (system.startsWith("You judge")) return { text: judged++ === 0 ? "Hm." : '{"verdict": "not_found"}' };
      if (system.startsWith("You read one page")) return { text: '{"claims": []}' };
      if (first.startsWith("Two and two")) return { text: "Four." };
      if (first.startsWith("Question:"))
        return turn === 0 ? call("read_source", { source: "S1", as: "claims", question: "What?" }) : { text: "Read." };
      if (first.startsWith("Check"))
        return turn === 0 ? call("verify_citations", { filepath: draft }) : { text: "Checked." };
      const turns = [
        call("write_file", '{"file_path": "/workspace'),
        call("write_file", {
          file_path: draft,
          content: "# Towers\n\nA tower that sailors know was built early [S1].\n",
        }),
        subagent("researcher", "Question: What is said of the tower?"),
        subagent("verifier", "Check it."),
        call("ls", { path: "/workspace" }, long),
      ];
      return turns[main++] ?? { text: "Done." };
    };
    /** The main agent's question of its researcher is turned down twice before it is answered. */
    const refused = [4, 5];
    await using server = await ModelServer.open(protocol, async (request) => {
      if (refused.includes(request.number))
        return { status: 429, type: "rate_limit_error", message: "slow down", retryAfter: 0 };
      const reply = brain(request);
      const usage = { input: 1_000 + request.number, output: 10 + request.number };
      said.push(usage.input + usage.output);
      return { ...reply, usage };
    });
    const keys = { ...server.keys, VIBEWRITER_CONTEXT_TOKENS: "20000" };
    const asked = { request: "Research the tower", model: `${name}:served`, sources: [notes], out: world.out };
    const { runId } = await world.client.start(asked, keys);
    const draft = `/workspace/${runId}/draft.md`;
    const { context } = await world.context(runId, keys);
    await context.programModel?.ask({ prompt: "Two and two?", signal: new AbortController().signal });
    const { result } = await world.bench.drive(runId, { keys });
    const { stages = [] } = result ?? {};
    const sum = (numbers: readonly (number | null)[]) => numbers.reduce<number>((all, one) => all + (one ?? 0), 0);
    const whole = sum(said);
    expect(sum(stages.map(({ modelCalls }) => modelCalls))).toBe(server.asked.length - refused.length);
    const [first, second, third] = [...refused, 6].map((number) => server.asked[number - 1]?.body);
    expect([first, second]).toEqual([second, third]);
    expect(sum(stages.map(({ tokens }) => tokens))).toBe(whole);
    expect(sum(stages.map(({ costUsd }) => costUsd))).toBe(whole);
    // And so do the figures of the host.
    expect(
      sum(
        figures
          .slice(earlier)
          .filter(({ model }) => model === `${name}:served`)
          .map(({ usage }) => (usage?.input ?? 0) + (usage?.output ?? 0)),
      ),
    ).toBe(whole);
    // All of them were asked: a malformed call, a summary, a judge in vain, a reader, a program.
    const events = await world.events(runId);
    const agents = events.flatMap((event) => (event.type === "usage" ? [event.data.agent] : []));
    const logs = events.flatMap((event) => (event.type === "log" ? [event.data.text] : []));
    expect(logs.filter((text) => text.includes("over its rate limit"))).toHaveLength(refused.length);
    expect([...new Set(agents)].sort()).toEqual(["judge", "reader", "researcher", "script", "verifier", "vibewriter"]);
    expect(server.asked.filter(({ messages }) => messages[0]?.text.startsWith("Summarize"))).not.toEqual([]);
    expect([main, judged]).toEqual([6, 2]);
  }, 60_000);
});

describe("an agent that ends with a draft that nobody may keep", () => {
  it("ends like any other; the draft is not laid out, and the log says why", async () => {
    const key = ["sk-ant", "api03", "x".repeat(90)].join("-");
    await using model = await ScriptedModel.open(() => []);
    const asked = { model: "openai:scripted", sources: [notes], out: world.out, request: "Research the keys" };
    const { runId } = await world.client.start(asked, model.keys);
    const written = world.machines.path("main", `/workspace/${runId}/draft.md`);
    await mkdir(dirname(written), { recursive: true });
    await writeFile(written, `# Towers\n\nThe key is ${key} [S1].\n`);
    const record = await world.bench.drive(runId, { keys: model.keys });
    expect(record).toMatchObject({ status: "failed", error: { code: "not_published" }, result: { report: null } });
    const logs = (await world.events(runId)).flatMap((event) => (event.type === "log" ? [event.data.text] : []));
    expect(logs).toContainEqual(expect.stringMatching(/is not laid out\. The draft holds /));
  }, 60_000);
});

describe("a question about the request", () => {
  const ask = {
    tool: "ask_person",
    args: { question: "Which Arkona?", options: ["the cape"], assumption: "The cape." },
  };

  it("waits for the person over a restart, and its answer goes to the agent once", async () => {
    await using model = await ScriptedModel.open((_, turn) => (turn === 0 ? [ask] : []));
    const waiting = await run(model, "Research Arkona", { attended: true });
    expect(waiting).toMatchObject({
      status: "waiting",
      question: { question: "Which Arkona?", options: ["the cape"], assumption: "The cape." },
    });
    const { answers } = await world.client.questions.answer(waiting.runId, "the ship", model.keys);
    expect(answers).toMatchObject([{ text: "the ship" }]);
    await expect(world.client.questions.answer(waiting.runId, "again", model.keys)).rejects.toMatchObject({
      code: "no_question",
    });
    const rested = await world.bench.drive(waiting.runId, { keys: model.keys });
    expect(rested.question).toBeUndefined();
    expect(model.answers).toHaveLength(1);
    expect(JSON.parse(model.answers[0]?.text ?? "")).toEqual({ answered: true, answer: "the ship" });
  }, 60_000);

  it("is answered by its assumption where nobody is there, and the log says so", async () => {
    await using model = await ScriptedModel.open((_, turn) => (turn === 0 ? [ask] : []));
    const record = await run(model, "Research Arkona alone");
    expect(JSON.parse(model.answers[0]?.text ?? "")).toMatchObject({ answered: false, assumption: "The cape." });
    const logs = (await world.events(record.runId)).flatMap((event) => (event.type === "log" ? [event.data.text] : []));
    expect(logs).toContainEqual(expect.stringContaining("it goes on with: The cape."));
  }, 60_000);
});

describe("an estimate", () => {
  it("is told before a run begins, from the price table, and then from what runs took", async () => {
    const { runId } = await world.run({ request: "Research the lighthouse of Kap Arkona", sources: [notes] });
    const [told] = (await world.events(runId)).flatMap((event) => (event.type === "estimate" ? [event.data] : []));
    expect(told).toMatchObject({ model: "offline", questions: [3, 5], costUsd: [0, 0], basedOn: 0 });
    const dear = await world.client.questions.estimate("anthropic:claude-sonnet-4-6", {
      ANTHROPIC_API_KEY: "no-real-key",
    });
    // 29 calls of 8,000 and 300 tokens, 100 calls of 25,000 and 900, at $3 and $15 a million.
    expect(dear).toMatchObject({ modelCalls: [29, 100], costUsd: [0.83, 8.85], seconds: [80, 540], basedOn: 0 });
  }, 60_000);
});
