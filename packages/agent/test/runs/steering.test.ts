import { mkdir, readdir } from "node:fs/promises";
import { NatsSaver } from "@vibewriter/langgraph-nats";
import { ScriptedModel } from "../../../../tests/support/scripted-model.js";
import type { RunRecord } from "../../src/runs/record.js";
import { bundleChild, runChild } from "../support/killed.js";
import { EXAMPLES, World } from "../support/world.js";

let world: World;
beforeAll(async () => {
  world = await World.open();
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

interface Heard {
  messages: { role: string; content: unknown }[];
}

/** In how many of the model's calls a text stands among the messages, and how often at most in one of them. */
function heardOf(model: ScriptedModel, text: string) {
  const counts = model.heard.map((body) => {
    const { messages } = JSON.parse(body) as Heard;
    return messages.filter(({ role, content }) => role === "user" && JSON.stringify(content).includes(text)).length;
  });
  return { calls: counts.filter((count) => count > 0).length, most: Math.max(0, ...counts), counts };
}

/** What the last checkpoint of a run holds. */
async function valuesOf({ agentId, runId }: RunRecord, { base } = world) {
  const saver = NatsSaver.fromConnection(base.backbone.connection, { agent: agentId });
  const tuple = await saver.getTuple({ configurable: { thread_id: runId } });
  return (tuple?.checkpoint.channel_values ?? {}) as { messages: { id?: string }[]; todos?: { status: string }[] };
}

const START = { model: "openai:scripted", sources: [EXAMPLES] };

describe("a run that is steered while it works", () => {
  it("hears a turn and an edited plan before its next model call, each once", async () => {
    let isSteered = false;
    let runId = "";
    await using model = await ScriptedModel.open((_, turn) => {
      if (turn === 0) return [{ tool: "search_choir_kb", args: { query: "yield" } }];
      return turn === 1 ? [{ tool: "search_choir_kb", args: { query: "risk" } }] : [];
    });
    const run = await world.client.start({ ...START, request: "Research steering", out: world.out }, model.keys);
    runId = run.runId;
    const events = world.base.backbone.events;
    const append = events.append.bind(events);
    // Between the first model call and the second one, while the first tool runs.
    events.append = async (id, type, data, o) => {
      if (id === runId && type === "tool.started" && o?.id === "steering.0.0.started") {
        events.append = append;
        await world.client.conversations.say(runId, { text: "Leave Aave out." }, {});
        await world.client.conversations.say(runId, { text: "And be brief." }, {});
        await world.client.conversations.editPlan(runId, [{ content: "be brief", status: "pending" }]);
        isSteered = true;
      }
      return await append(id, type, data, o);
    };
    const rested = await world.bench.drive(runId, { keys: model.keys });
    expect(isSteered).toBe(true);
    expect(rested).toMatchObject({ heard: 3, work: "1" });
    expect(heardOf(model, "Leave Aave out.").counts).toEqual([0, 1, 1]);
    expect(heardOf(model, "And be brief.").counts).toEqual([0, 1, 1]);
    expect(heardOf(model, "- [ ] be brief").counts).toEqual([0, 1, 1]);
    const { messages } = JSON.parse(model.heard.at(-1) ?? "{}") as Heard;
    const said = messages.flatMap(
      ({ content }) => /Leave Aave out|And be brief/.exec(JSON.stringify(content))?.[0] ?? [],
    );
    expect(said).toEqual(["Leave Aave out", "And be brief"]);
  }, 60_000);

  it("hears a turn once although the process dies around it", async () => {
    await bundleChild();
    const asked = { out: world.out, sources: [EXAMPLES], model: "offline", yes: true, agentId: "crash" };
    const { runId } = await world.client.start({ ...asked, request: "Research USDC yields on Base, steered" }, {});
    const { url, credentials } = world.base.backbone.server ?? {};
    const order = {
      url: url?.replace("nats://", `nats://${credentials?.user}:${credentials?.password}@`),
      home: world.base.home,
      index: `${world.base.home}/child-steered.sqlite`,
      machines: `${world.base.home}/machines`,
      runId,
      log: `${world.base.home}/steered.log`,
      when: "after" as const,
      event: ".kb.finished",
    };
    await world.client.conversations.say(runId, { text: "Mind the risks too." }, {});
    const ended = await runChild(order);
    expect(ended.signal, ended.output).toBe("SIGKILL");
    await world.client.conversations.say(runId, { text: "And the dates." }, {});
    const claim = await world.bench.driver.claim(runId);
    if (claim === undefined) throw new Error("The run cannot be claimed.");
    const run = await world.bench.driver.drive(claim, { env: {}, signal: new AbortController().signal });
    expect(run).toMatchObject({ status: "done", heard: 3, result: { citations: { rate: 1 } } });
    const saver = (await world.context(runId)).context;
    expect(saver.scope).toBe(runId);
  }, 120_000);
});

describe("a run that is continued", () => {
  it("goes on after it is done; each work is asked about and publishes for itself, into the same folder", async () => {
    const { conversations } = world.client;
    const done = await world.run({ request: "Research DeFi lending yields on Base", yes: true });
    expect(done).toMatchObject({ status: "done", work: "1", reports: ["1"] });
    const before = (await world.choir.list()).length;
    const { run: queued } = await conversations.say(
      done.runId,
      { text: "Thanks. What about cbETH staking yields?" },
      {},
    );
    expect(queued).toMatchObject({ status: "queued", work: "2", yes: false });
    const asking = await world.bench.drive(done.runId);
    // The new report is asked about anew: the --yes of the request was for the first one.
    expect(asking).toMatchObject({ status: "waiting", approval: { tool: "publish_to_choir" } });
    await world.client.decide(done.runId, asking.approval?.id ?? "", { decision: "approve" }, {});
    const again = await world.bench.drive(done.runId);
    expect(again).toMatchObject({ status: "done", reports: ["1", "2"] });
    expect(again.result?.article?.id).not.toBe(done.result?.article?.id);
    expect(again.folder).toBe(done.folder);
    expect(await world.choir.list()).toHaveLength(before + 1);
  }, 120_000);

  it("goes on after it has ended without a report, in its thread, with its plan and what it had, and in a folder of its own", async () => {
    const beans = {
      "beans.md": "# Growing beans\n\nRunner beans are sown in May, five centimetres deep, and picked in July.",
    };
    // Where nothing was published yet that would do instead.
    await using own = await World.open();
    const garden = await own.folder("beans", beans);
    const request = "Research DeFi lending yields on Base blockchain, first with too little";
    const failed = await own.run({ request, sources: [garden], agentId: "failed" });
    expect(failed).toMatchObject({ status: "failed", error: { code: "not_enough_evidence" }, hasFolder: false });
    // Somebody else has taken the name of the folder that it gave back.
    await mkdir(failed.folder);
    const said = { text: "Research DeFi lending yields on Base blockchain with these", sources: [EXAMPLES], yes: true };
    const { run: queued } = await own.client.conversations.say(failed.runId, said, {});
    expect(queued).toMatchObject({ status: "queued", work: "2", attempt: 1 });
    expect(queued.error).toBeUndefined();
    const done = await own.bench.drive(failed.runId);
    expect(done.error).toBeUndefined();
    expect(done).toMatchObject({ status: "done", heard: 2, reports: ["2"], result: { citations: { rate: 1 } } });
    const { messages, todos } = await valuesOf(done, own);
    expect(messages.flatMap(({ id }) => (id?.startsWith("turn.") ? [id] : []))).toEqual(["turn.1", "turn.2"]);
    expect(todos?.map(({ status }) => status)).toEqual(Array(5).fill("completed"));
    const uris = done.result?.sources.map(({ uri }) => uri) ?? [];
    expect(uris[0]).toContain("beans.md");
    expect(uris.length).toBeGreaterThan(3);
    expect(await readdir(failed.folder)).toEqual([]);
    expect(done.result?.report).toBe(`${done.folder}/report.md`);
    expect(await readdir(done.folder)).toEqual(expect.arrayContaining(["report.md", "run.json", "sources"]));
  }, 60_000);

  it("goes on after its model has failed, as the same work: with its plan, what it had found, and what it is told now", async () => {
    const step = { content: "look for yields", status: "in_progress" };
    let isWell = false;
    await using model = await ScriptedModel.open((_, turn) => {
      if (turn === 0) {
        return [
          { tool: "write_todos", args: { todos: [step] } },
          { tool: "search_choir_kb", args: { query: "yield" } },
        ];
      }
      if (!isWell) throw new Error("overloaded");
      return [];
    });
    const { runId } = await world.client.start({ ...START, request: "Research failing", out: world.out }, model.keys);
    const failed = await world.bench.drive(runId, { keys: model.keys });
    expect(failed).toMatchObject({ status: "failed", error: { code: "model_failed" } });
    isWell = true;
    const { run } = await world.client.conversations.say(runId, { text: "Mind the risks." }, model.keys);
    expect(run).toMatchObject({ status: "queued", work: "1" });
    const rested = await world.bench.drive(runId, { keys: model.keys });
    expect(rested).toMatchObject({ heard: 2, work: "1", result: { error: { code: "not_published" } } });
    expect(heardOf(model, "Mind the risks.").counts.at(-1)).toBe(1);
    expect((await valuesOf(rested)).todos).toEqual([step]);
    expect(await world.client.conversations.plan(runId)).toEqual([step]);
    const { messages } = JSON.parse(model.heard.at(-1) ?? "{}") as Heard;
    expect(messages.filter(({ role }) => role === "tool")).toHaveLength(2);
    const searches = (await world.events(runId)).filter(({ type }) => type === "tool.started");
    expect(searches).toHaveLength(1);
  }, 60_000);

  it("publishes a text once: said again in a later turn, it is the article that there is, and nobody is asked", async () => {
    const good = "The USDC supply cap on Base is $500 million [S1].";
    const file = (runId: string) => `/workspace/${runId}/draft.md`;
    let path = "";
    const task = (subagent_type: string, description: string) => ({
      tool: "task",
      args: { subagent_type, description },
    });
    await using model = await ScriptedModel.open((first, turn) => {
      if (first.startsWith("check")) return turn === 0 ? [{ tool: "verify_citations", args: { filepath: path } }] : [];
      if (first.startsWith("publish"))
        return turn === 0 ? [{ tool: "publish_to_choir", args: { filepath: path } }] : [];
      const content = `# Caps on Base\n\n${good}\n`;
      return (
        [
          [{ tool: "write_file", args: { file_path: path, content } }],
          [task("verifier", "check it")],
          [task("publisher", "publish once")],
          [],
          [task("publisher", "publish again")],
        ][turn] ?? []
      );
    });
    const request = { ...START, request: "Research the caps", out: world.out, yes: true };
    const { runId } = await world.client.start(request, model.keys);
    path = file(runId);
    const done = await world.bench.drive(runId, { keys: model.keys });
    expect(done.error).toBeUndefined();
    expect(done).toMatchObject({ status: "done", reports: ["1"], result: { article: { title: "Caps on Base" } } });
    const articles = await world.choir.list();
    await world.client.conversations.say(runId, { text: "Publish it, please." }, model.keys);
    const again = await world.bench.drive(runId, { keys: model.keys });
    expect(again).toMatchObject({ status: "done", heard: 2, reports: ["1", "2"] });
    expect(again.result).toMatchObject({
      article: done.result?.article,
      report: done.result?.report,
      answer: "The script is over.",
    });
    expect(await world.choir.list()).toEqual(articles);
    const told = model.answers.find(({ id }) => id.startsWith("again."));
    expect(told?.text).toContain("This very text had been published as this article.");
  }, 60_000);

  it("takes up what a cancelled run was told before its model is asked again", async () => {
    const stopping = new AbortController();
    let calls = 0;
    // The first question is cut off before its answer has come.
    await using model = await ScriptedModel.open(() => {
      calls++;
      stopping.abort("cancelled");
      return [];
    });
    const request = { agentId: "cut", text: "First question.", out: world.out, model: "openai:scripted" };
    const { run } = await world.client.conversations.chat(request, model.keys);
    const stopped = await world.bench.drive(run.runId, { keys: model.keys, signal: stopping.signal });
    expect(stopped.status).toBe("cancelled");
    await world.client.conversations.say(run.runId, { text: "Second question." }, model.keys);
    const before = calls;
    expect(await world.bench.drive(run.runId, { keys: model.keys })).toMatchObject({ status: "done", heard: 2 });
    expect(calls - before).toBe(1);
    expect(heardOf(model, "Second question.").counts.at(-1)).toBe(1);
  }, 60_000);
});
