import type { BridgeVm } from "@vibewriter/microvm";
import type { AuditEntry } from "../../src/audit/entry.js";
import { AgentBridge } from "../../src/bridge/agent-bridge.js";
import { runTools } from "../../src/bridge/run-tools.js";
import { researcherPrompt } from "../../src/prompts/researcher.js";
import { ModelServer } from "../support/model-server/model-server.js";
import { openaiProtocol } from "../support/model-server/openai.js";
import { World } from "../support/world.js";

const vm: BridgeVm = { id: "agent-main", labels: { role: "work", agent: "main" } };
const signal = new AbortController().signal;

let world: World;
const bridge = new AgentBridge();

beforeAll(async () => {
  world = await World.open();
});

afterAll(() => world[Symbol.asyncDispose]());

/** A run that is driven, as far as its tools go. */
async function serve({ model = "offline", keys = {} }: { model?: string; keys?: Record<string, string> } = {}) {
  const request = { request: "Research yields on Base", out: world.out, sources: [], model };
  const sources = [await world.folder("one", { "a.md": "# Yields\n\nMorpho paid 8.10 percent in March.\n" })];
  const { runId } = await world.client.start({ ...request, sources }, keys);
  const { context, emit, record, meter } = await world.context(runId, keys);
  const tools = runTools(context, () => meter.mayLook);
  const heard: AuditEntry[] = [];
  const audit = { record: (entry: AuditEntry) => void heard.push(entry) };
  const serving = bridge.serve({ runId, agentId: record.agentId, drive: 1, tools, emit, audit });
  return { runId, context, heard, serving };
}

const call = (name: string, args: Record<string, unknown>, o: { vm?: BridgeVm; scope?: string } = {}) =>
  bridge.call({ vm, name, args, signal, ...o });

describe("tools for the programs of an agent's VM", () => {
  it("are those of its run, look only, and show in the run's events", async () => {
    const { runId, context, heard, serving } = await serve();
    using _ = serving;
    // Folders in the place of VMs have no doors, and nobody is told of a bridge.
    expect(researcherPrompt("/workspace", context)).not.toContain("vibewriter_bridge");
    const names = (await bridge.list(vm)).map(({ name }) => name);
    expect(names).toEqual(["search_choir_kb", "web_search", "read_source", "check_citations"]);
    expect((await bridge.list(vm))[1]).toMatchObject({
      parameters: { type: "object", properties: { query: { type: "string" } }, required: ["query"] },
    });
    expect(await call("web_search", { query: "Morpho March" })).toMatchObject({
      result: { results: [{ source: "S1", passage: expect.stringContaining("8.10 percent") }] },
    });
    expect(await call("search_choir_kb", { query: "Morpho" })).toEqual({ result: [] });
    expect(await call("read_source", { source: "S1" })).toMatchObject({ result: { source: "S1", offset: 0 } });
    expect(heard).toMatchObject([
      { kind: "tool", tool: "web_search", agent: "script", args: '{"query":"Morpho March"}', outcome: "ok" },
      { tool: "search_choir_kb" },
      { tool: "read_source", resultHash: expect.stringMatching(/^[0-9a-f]{64}$/) },
    ]);
    const { events } = world.base.backbone;
    const seen = [];
    for await (const { id, type, data } of events.read(runId))
      if (id.startsWith("script.")) seen.push({ id, type, data });
    expect(seen).toHaveLength(6);
    expect(seen.slice(0, 2)).toMatchObject([
      { id: "script.1.1.started", type: "tool.started", data: { tool: "web_search", agent: "script" } },
      { id: "script.1.1.finished", type: "tool.finished", data: { ok: true, summary: "1 passages" } },
    ]);
    // Looking ahead leaves nothing that publishing would take for the host's report.
    await context.workspace.write(
      `${context.workspace.folder}/d.md`,
      "# T\n\nMorpho paid 8.10 percent in March [S1].\n",
    );
    const checked = await call("check_citations", { filepath: `${context.workspace.folder}/d.md` });
    expect(checked).toMatchObject({ result: { total: 1, supported: 1 } });
    expect(await context.verifications.all()).toEqual([]);
  });

  it.each([
    ["publish_to_choir", undefined],
    ["cite_article", undefined],
    ["stop_without_report", undefined],
    ["verify_citations", undefined],
    ["execute", undefined],
    ["__proto__", undefined],
  ])("%s is none of them", async (name, answer) => {
    using _ = (await serve()).serving;
    expect(await call(name, {})).toBe(answer);
  });

  it("say what is wrong with a call", async () => {
    using _ = (await serve()).serving;
    expect(await call("web_search", { query: "" })).toMatchObject({ error: { code: "invalid_argument" } });
    expect(await call("web_search", { query: "x", limit: 1e9 })).toMatchObject({ error: { code: "invalid_argument" } });
    expect(await call("read_source", { source: "http://169.254.169.254/" })).toMatchObject({
      error: { code: "source_not_allowed" },
    });
    expect(await call("check_citations", { filepath: "/etc/nothing" })).toMatchObject({
      error: { code: "file_not_found" },
    });
  });

  it("are for the agent's own work VM, while a run of it is driven, and the run it names", async () => {
    expect(await call("web_search", { query: "x" })).toMatchObject({ error: { code: "no_run" } });
    expect(await bridge.list(vm)).toEqual([]);
    const [one, two] = [await serve(), await serve()];
    const strangers: BridgeVm[] = [
      { id: "agent-other", labels: { role: "work", agent: "other" } },
      { id: "agent-main", labels: { role: "reader", agent: "main" } },
      { id: "agent-main", labels: {} },
    ];
    for (const stranger of strangers) {
      expect(await call("web_search", { query: "x" }, { vm: stranger, scope: one.runId })).toMatchObject({
        error: { code: "no_run" },
      });
    }
    expect(await call("web_search", { query: "x" })).toMatchObject({ error: { code: "which_run" } });
    expect(await call("web_search", { query: "x" }, { scope: two.runId })).toHaveProperty("result");
    two.serving[Symbol.dispose]();
    expect(await call("web_search", { query: "x" }, { scope: two.runId })).toMatchObject({ error: { code: "no_run" } });
    expect(await call("web_search", { query: "x" })).toHaveProperty("result");
    one.serving[Symbol.dispose]();
  });

  it("end at the run's budget", async () => {
    using _ = (await serve()).serving;
    const outcomes = [];
    for (let n = 0; n < 501; n++) outcomes.push(await call("search_choir_kb", { query: "x" }));
    expect(outcomes.at(-2)).toHaveProperty("result");
    expect(outcomes.at(-1)).toMatchObject({ error: { code: "over_budget" } });
  });

  it("ask the run's model on the run's account, and never see its key", async () => {
    const seen: string[] = [];
    await using model = await ModelServer.open(openaiProtocol, ({ messages, system, tools }) => {
      seen.push(JSON.stringify({ messages, system, tools }));
      if (seen.length > 1) return { status: 401, type: "auth", message: "no" };
      return { text: "Four.", usage: { input: 12, output: 3 } };
    });
    const { runId, serving } = await serve({ model: "openai:served", keys: model.keys });
    using _ = serving;
    const asked = { prompt: "What is two and two?", instructions: "Answer in a word." };
    expect(await call("ask_model", asked)).toEqual({ result: { text: "Four." } });
    expect(JSON.parse(seen[0] ?? "")).toEqual({
      messages: [{ role: "user", text: "What is two and two?", calls: [] }],
      system: "Answer in a word.",
      tools: [],
    });
    expect(await call("ask_model", asked)).toMatchObject({
      error: { code: "bad_key", message: expect.not.stringContaining("no-real-key") },
    });
    const spent = (await world.events(runId)).flatMap((event) => (event.type === "usage" ? [event.data] : []));
    expect(spent).toMatchObject([{ agent: "script", model: "openai:served", inputTokens: 12, outputTokens: 3 }]);
  });
});
