import { ScriptedModel } from "../../../../tests/support/scripted-model.js";
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
