import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { NatsSaver } from "@vibewriter/langgraph-nats";
import type { ModelReply } from "../support/model-server/brain.js";
import { ModelServer } from "../support/model-server/model-server.js";
import { openaiProtocol } from "../support/model-server/openai.js";
import { EXAMPLES, World } from "../support/world.js";

let world: World;
beforeAll(async () => {
  world = await World.open();
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

describe("how runs end", () => {
  it("says not enough evidence when the sources are about something else, and leaves nothing behind", async () => {
    const garden = await world.folder("garden", {
      "beans.md":
        "# Growing beans\n\nThe yield of runner beans depends on water and on the base of the plant being mulched. Sow the seeds in May, five centimetres deep.\n\nPick the pods every two days, because the yield falls once they ripen.",
      "soil.md":
        "# Soil\n\nBase dressing is dug in before sowing. A good base of compost doubles the yield of most vegetables in a dry year.",
    });
    const record = await world.run({
      request: "Research DeFi yield opportunities on Base blockchain",
      sources: [garden],
      yes: true,
    });
    expect(record).toMatchObject({
      status: "failed",
      error: { code: "not_enough_evidence" },
      result: { report: null, article: null },
    });
    expect(record.error?.message).toMatch(/not enough evidence/i);
    expect(await world.choir.list()).toHaveLength(0);
    await expect(readdir(record.folder)).rejects.toMatchObject({ code: "ENOENT" });

    // Another run has taken the name meanwhile.
    await mkdir(record.folder);
    const again = await world.drive(record.runId);
    expect(again).toMatchObject({ status: "failed", error: { code: "not_enough_evidence" } });
    expect(again.folder).not.toBe(record.folder);
    expect(await readdir(record.folder)).toEqual([]);
  }, 60_000);

  it("refuses what can be known to be wrong before anything is started", async () => {
    const ask = (request: object) =>
      world.client.start({ request: "Research bees", out: world.out, sources: [EXAMPLES], ...request }, {});
    await expect(ask({ request: "  " })).rejects.toMatchObject({ code: "invalid_request" });
    await expect(ask({ sources: [], search: [] })).rejects.toMatchObject({ code: "invalid_request" });
    await expect(ask({ sources: ["/does/not/exist"] })).rejects.toMatchObject({ code: "missing" });
    await expect(ask({ model: "anthropic:claude-sonnet-4-6" })).rejects.toMatchObject({ code: "missing_key" });
    await expect(ask({ model: "nobody:x" })).rejects.toMatchObject({ code: "unknown_model" });
    await expect(ask({ agentId: "../etc" })).rejects.toMatchObject({ code: "invalid_request" });
    await expect(ask({ kind: "publish" })).rejects.toMatchObject({ code: "invalid_request" });
    await expect(ask({ out: "/proc/nowhere" })).rejects.toMatchObject({ code: "output_failed" });
    expect((await world.client.list()).filter(({ request }) => request === "Research bees")).toEqual([]);
    await expect(world.client.get("run-unknown")).rejects.toMatchObject({ code: "run_not_found" });
  });

  it("needs no files when it can search the web", async () => {
    const run = await world.client.start(
      { request: "Research wasps", out: world.out, sources: [], model: "offline" },
      { TAVILY_API_KEY: "not-a-real-key" },
    );
    expect(run.status).toBe("queued");
  });

  it("is cancelled or interrupted by its signal and goes on later", async () => {
    const request = "Research the yield of USDC on Base, cancelled";
    const { runId } = await world.client.start(
      { request, out: world.out, sources: [EXAMPLES], model: "offline", yes: true },
      {},
    );
    for (const [reason, status] of [
      ["cancelled", "cancelled"],
      ["interrupted", "interrupted"],
      ["handed back", "queued"],
    ] as const) {
      const controller = new AbortController();
      const driving = world.drive(runId, controller.signal);
      await new Promise((resolve) => setTimeout(resolve, reason === "cancelled" ? 150 : 400));
      controller.abort(reason);
      const stopped = await driving;
      expect(stopped).toMatchObject({ status });
      expect(stopped.worker).toBeUndefined();
      expect(await world.client.resume(runId, {})).toMatchObject({ status: "queued" });
    }
    expect(await world.drive(runId)).toMatchObject({ status: "done", result: { citations: { rate: 1 } } });
  }, 60_000);

  it("starts anew when it is retried, with nothing of the attempt before", async () => {
    const garden = await world.folder("beans", {
      "beans.md": "# Beans\n\nRunner beans are sown in May and picked in July.",
    });
    const first = await world.run({ request: "Research stablecoin reserves", sources: [garden], yes: true });
    expect(first).toMatchObject({ status: "failed", attempt: 1 });
    const before = await world.events(first.runId);
    const queued = await world.client.retry(first.runId, {});
    expect(queued).toMatchObject({ status: "queued", attempt: 2 });
    expect(queued.stopped).toBeUndefined();
    const again = await world.drive(first.runId);
    expect(again).toMatchObject({ status: "failed", error: { code: first.error?.code }, sources: first.sources });
    const calls = (events: typeof before) => events.filter(({ type }) => type === "tool.started").length;
    expect(calls(before)).toBeGreaterThan(0);
    // At least: what the first attempt has read, an article of another run say, is a source that the second one finds at once.
    expect(calls(await world.events(first.runId))).toBeGreaterThanOrEqual(2 * calls(before));
    const { connection } = world.base.backbone;
    const saver = NatsSaver.fromConnection(connection, { agent: first.agentId });
    for (const thread_id of [first.runId, `${first.runId}.2`]) {
      expect(await saver.getTuple({ configurable: { thread_id } })).toBeDefined();
    }
  }, 60_000);

  it("publishes a person's own draft through the same gate", async () => {
    const draft = join(world.base.home, "own.md");
    const asked = { kind: "publish" as const, request: "My note on USDC", draft, sources: [EXAMPLES], yes: true };
    await writeFile(draft, "# My note on USDC\n\nThe USDC supply cap on Base is $900 million [S1].\n");
    const wrong = await world.run(asked);
    expect(wrong).toMatchObject({
      status: "failed",
      error: { code: "not_published" },
      result: { citations: { supported: 0, total: 1 } },
    });
    await writeFile(draft, "# My note on USDC\n\nThe USDC supply cap on Base is $500 million [S1].\n");
    const right = await world.drive(wrong.runId);
    expect(right).toMatchObject({
      status: "done",
      model: "none",
      result: { article: { title: "My note on USDC" }, citations: { rate: 1 } },
    });
    const asking = await world.run({ ...asked, yes: false });
    expect(asking).toMatchObject({ status: "waiting" });
    await world.client.decide(asking.runId, asking.approval?.id ?? "", { decision: "approve" }, {});
    expect(await world.drive(asking.runId)).toMatchObject({ status: "done" });
  }, 60_000);

  it("publishes its next version through the same gate, for its author alone, with what is said of it", async () => {
    const draft = join(world.base.home, "revised.md");
    const asked = { kind: "publish" as const, request: "Caps", draft, sources: [EXAMPLES], yes: true };
    await writeFile(draft, "The USDC supply cap on Base is $500 million [S1].\n");
    const details = { title: "Caps on Base", tags: ["#DeFi", "usdc"], licence: "cc-by-4.0", language: "en" };
    await expect(world.run({ ...asked, details: { licence: "mine" } })).rejects.toMatchObject({
      code: "invalid_request",
      message: expect.stringContaining("SPDX"),
    });
    const first = await world.run({ ...asked, author: "Ada", details });
    const { id = "" } = first.result?.article ?? {};
    const before = await world.choir.get(id);
    expect(before).toMatchObject({
      title: "Caps on Base",
      tags: ["defi", "usdc"],
      licence: "CC-BY-4.0",
      author: "Ada",
    });
    expect(before.authorKey).toBe((await world.bench.parts.authors.get("Ada")).publicKey);

    const revises = { ...asked, revises: id };
    await expect(world.run({ ...revises, author: "Nobody" })).rejects.toMatchObject({ code: "unknown_author" });
    await world.bench.parts.authors.named("Bob");
    const stranger = await world.run({ ...revises, author: "Bob", details: { title: "Caps" } });
    expect(stranger).toMatchObject({ status: "failed", error: { code: "not_author" } });
    await writeFile(draft, "# The cap\n\nThe USDC supply cap on Base is $900 million [S1].\n");
    const wrong = await world.run({ ...revises, author: before.authorKey });
    expect(wrong).toMatchObject({ status: "failed", error: { code: "not_published" } });
    await writeFile(draft, "# The cap\n\nThe USDC supply cap on Base is $500 million, then [S1].\n");
    const right = await world.drive(wrong.runId);
    expect(right).toMatchObject({ status: "done", result: { article: { id, title: "The cap" } } });
    const now = await world.choir.get(id);
    expect(now).toMatchObject({ title: "The cap", tags: ["defi", "usdc"], revises: before.version, author: "Ada" });
    expect(now.versions).toHaveLength(2);
    expect((await world.choir.get(`${id}@${before.version}`)).title).toBe("Caps on Base");
  }, 60_000);
});

describe("a model behind HTTP", () => {
  it("drives the same agent; a failure says what to do and the run can be resumed", async () => {
    let isKeyRight = false;
    // First a call with arguments that do not fit, then a call of a tool that does not exist, then words.
    const replies: ModelReply[] = [
      { calls: [{ name: "search_choir_kb", args: { limit: "many" } }] },
      { calls: [{ name: "no_such_tool", args: {} }] },
      { text: "I could not find anything about bees." },
    ];
    await using model = await ModelServer.open(openaiProtocol, ({ number }) =>
      isKeyRight
        ? (replies[number - 2] ?? { text: "Nothing more." })
        : { status: 401, type: "auth", message: "wrong key test-key-0123456789" },
    );
    const keys = { ...model.keys, OPENAI_API_KEY: "test-key-0123456789" };
    const request = { request: "Research bees", model: "openai:gpt-4.1", out: world.out, sources: [EXAMPLES] };
    const { runId } = await world.client.start(request, keys);
    const refused = await world.bench.drive(runId, { keys });
    expect(refused).toMatchObject({
      status: "failed",
      error: { code: "bad_key", message: expect.stringContaining("key") },
    });
    expect(refused.error?.message).not.toContain("test-key");
    isKeyRight = true;
    const ended = await world.bench.drive(runId, { keys });
    expect(ended).toMatchObject({
      status: "failed",
      error: { code: "not_published", message: expect.stringContaining("bees") },
    });
    expect(model.asked[0]?.key).toBe("Bearer test-key-0123456789");
    const tools = model.asked[0]?.tools ?? [];
    expect(tools).toEqual(
      expect.arrayContaining(["write_todos", "task", "search_choir_kb", "execute", "stop_without_report"]),
    );
    expect(tools).not.toContain("publish_to_choir");
  }, 60_000);
});
