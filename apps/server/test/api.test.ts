import { stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { ApprovalDecision } from "@vibewriter/agent/runs";
import { VibewriterClient } from "../src/client.js";
import { send, textOf } from "../src/http-over-socket.js";
import { openTestApi, type TestApi } from "./support/test-api.js";

const OUT = "/tmp/out";

async function raw(
  api: TestApi,
  method: string,
  path: string,
  o: { body?: unknown; headers?: Record<string, string> } = {},
) {
  const incoming = await send({ socket: api.socket, method, path, timeoutMs: 5_000, ...o });
  return { status: incoming.statusCode, text: await textOf(incoming) };
}

async function typesOf(events: AsyncIterable<{ type: string }>): Promise<string[]> {
  const types: string[] = [];
  for await (const event of events) types.push(event.type);
  return types;
}

describe("the API of a home", () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await openTestApi();
  });
  afterAll(() => api[Symbol.asyncDispose]());

  it("is for the owner of the home only", async () => {
    expect((await stat(api.socket)).mode & 0o777).toBe(0o600);
  });

  it("runs, tells everything in order to who follows, and replays it to who comes later", async () => {
    const run = await api.client.startRun(api.ask("bees"), {});
    const live = await typesOf(api.client.events(run.runId));
    expect(live).toEqual(["estimate", "status", "status", "plan", "plan", "plan", "result", "status"]);
    expect((await api.client.run(run.runId)).status).toBe("done");
    expect(await typesOf(api.client.events(run.runId))).toEqual(live);
    const seqs: number[] = [];
    for await (const event of api.client.events(run.runId)) seqs.push(event.seq);
    expect(await typesOf(api.client.events(run.runId, { after: seqs[2] }))).toEqual(live.slice(3));
  });

  it("follows on over the answer to a question", async () => {
    const run = await api.client.startRun(api.ask("ask me"), {});
    expect((await typesOf(api.client.events(run.runId))).at(-1)).toBe("status");
    const { status, approval } = await api.client.run(run.runId);
    expect(status).toBe("waiting");
    await api.client.decide(run.runId, approval?.id ?? "", { decision: "approve" }, {});
    await typesOf(api.client.events(run.runId));
    expect((await api.client.run(run.runId)).status).toBe("done");
  });

  it("takes an answer once, in time, by the run that asks, and changes nothing for what is no answer", async () => {
    const waiting = async (request: string) => {
      const { runId } = await api.client.startRun(api.ask(request), {});
      await typesOf(api.client.events(runId));
      const { approval } = await api.client.run(runId);
      return { runId, id: approval?.id ?? "" };
    };
    const [mine, other] = [await waiting("ask for one"), await waiting("ask for another")];
    const stateOf = async ({ id }: { id: string }) => (await api.client.approvals.get(id)).state;
    const open = await api.client.approvals.list({ all: false });
    expect(open.map(({ question }) => question.id)).toEqual(expect.arrayContaining([mine.id, other.id]));
    const path = `/v1/runs/${mine.runId}/approvals/${mine.id}`;
    for (const body of [
      ...[{}, { decision: "yes" }, { decision: "approve", approved: true }, { decision: "edit" }],
      ...[
        { decision: "edit", args: { filepath: 5 } },
        { decision: "edit", args: { filepath: "/x.md", yes: true } },
      ],
      { decision: "edit", args: { filepath: "/draft.md" } },
    ]) {
      expect([body, (await raw(api, "POST", path, { body })).status]).toEqual([body, 400]);
      expect(await stateOf(mine)).toBe("open");
    }
    const decide = (runId: string, id: string, decision: ApprovalDecision) =>
      api.client.decide(runId, id, decision, {});
    const stranger = decide(other.runId, mine.id, { decision: "approve" });
    await expect(stranger).rejects.toMatchObject({
      code: "approval_not_found",
      message: expect.stringContaining(`It is asked by run ${mine.runId}.`),
    });
    expect([await stateOf(mine), await stateOf(other)]).toEqual(["open", "open"]);
    const args = { filepath: "/other.md" };
    await decide(mine.runId, mine.id, { decision: "edit", args });
    expect(await api.client.approvals.get(mine.id)).toMatchObject({ state: "edited", edited: args, by: "owner" });
    await typesOf(api.client.events(mine.runId));
    for (const decision of [{ decision: "edit" as const, args }, { decision: "reject" as const }]) {
      const message = expect.stringMatching(
        /was answered before: it was approved with changes at .* Nothing was changed/,
      );
      await expect(decide(mine.runId, mine.id, decision)).rejects.toMatchObject({ code: "approval_decided", message });
    }
    expect(await stateOf(mine)).toBe("edited");

    const late = await waiting("ask too late");
    await expect(decide(late.runId, late.id, { decision: "approve" })).rejects.toMatchObject({
      code: "approval_expired",
      message: expect.stringContaining(`\`vibewriter resume ${late.runId}\` asks it anew`),
    });
    expect(await stateOf(late)).toBe("stale");
    expect((await api.client.run(late.runId)).status).toBe("waiting");
    expect(
      (await raw(api, "POST", `/v1/runs/${other.runId}/approvals/`, { body: { decision: "approve" } })).status,
    ).toBe(404);
    expect(await stateOf(other)).toBe("open");
  });

  it("lets nothing of a client's own into the graph: no context, configuration, command or state", async () => {
    const { runId } = await api.client.startRun(api.ask("bees"), {});
    await typesOf(api.client.events(runId));
    const chat = { ...api.ask("bees"), text: "bees" };
    for (const [method, path, body] of [
      ["POST", "/v1/runs", api.ask("bees")],
      ["POST", `/v1/runs/${runId}/turns`, { text: "bees" }],
      ["PUT", `/v1/runs/${runId}/plan`, { todos: [] }],
      ["POST", "/v1/chats", { text: chat.text, out: chat.out }],
      ["POST", `/v1/runs/${runId}/answer`, { text: "bees" }],
      ["POST", `/v1/runs/${runId}/approvals/0123456789abcdef`, { decision: "approve" }],
    ] as const) {
      for (const own of [
        { context: { interruptOn: {} } },
        { configurable: { thread_id: "other" } },
        { command: { goto: "tools", update: {} } },
        { update: { messages: [] }, as_node: "HumanInTheLoopMiddleware.after_model" },
      ]) {
        const answer = await raw(api, method, path, { body: { ...body, ...own } });
        expect([path, answer.status, JSON.parse(answer.text).error.code]).toEqual([path, 400, "bad_request"]);
      }
    }
  });

  it("says what a run is likely to take, and takes no answer that nothing asks for", async () => {
    const estimate = await api.client.questions.estimate("offline", {});
    expect(estimate).toMatchObject({ model: "offline", costUsd: [0, 0], questions: [3, 5] });
    const run = await api.client.startRun(api.ask("bees that ask nothing"), {});
    await typesOf(api.client.events(run.runId));
    await expect(api.client.questions.answer(run.runId, "honey", {})).rejects.toMatchObject({ code: "no_question" });
  });

  it("keeps a follower over a restart of nats-server", async () => {
    const run = await api.client.startRun(api.ask("slow bees"), {});
    const seen: string[] = [];
    const following = (async () => {
      for await (const event of api.client.events(run.runId))
        seen.push(event.type === "status" ? event.data.status : event.type);
    })();
    while (!seen.includes("plan")) await sleep(20);
    const pid = api.backbone.server?.pid;
    if (pid) process.kill(pid, "SIGKILL");
    await sleep(200);
    await api.client.cancel(run.runId);
    await following;
    expect(seen).toEqual([
      ...["estimate", "queued", "running", "plan", "plan", "plan", "cancel.requested", "cancelled"],
    ]);
  });

  it("drives two at once and lets a third wait, from where it can be cancelled", async () => {
    // Which of three that come at once is the third is not promised.
    const started = await Promise.all(
      ["slow 1", "slow 2", "slow 3"].map((request) => api.client.startRun(api.ask(request), {})),
    );
    const withStatus = async (status: string) => {
      const runs = await Promise.all(started.map(({ runId }) => api.client.run(runId)));
      return runs.filter((run) => run.status === status);
    };
    while ((await withStatus("running")).length < 2) await sleep(20);
    const [waiting, ...others] = await withStatus("queued");
    expect(others).toEqual([]);
    expect((await api.client.cancel(waiting?.runId ?? "")).status).toBe("cancelled");
    const driven = await withStatus("running");
    expect(driven).toHaveLength(2);
    for (const { runId } of driven) expect((await api.client.cancel(runId)).status).toBe("cancelled");
    while ((await api.client.health()).activeRuns > 0) await sleep(20);
  });

  it("starts a run that was cancelled anew, and none that is under way or done", async () => {
    const { runId } = await api.client.startRun(api.ask("slow bees"), {});
    await expect(api.client.retry(runId, {})).rejects.toMatchObject({ code: "run_busy" });
    await api.client.cancel(runId);
    expect(await api.client.retry(runId, {})).toMatchObject({ status: "queued", attempt: 2 });
    await api.client.cancel(runId);
    const done = await api.client.startRun(api.ask("bees"), {});
    await typesOf(api.client.events(done.runId));
    await expect(api.client.retry(done.runId, {})).rejects.toMatchObject({ code: "run_finished" });
  });

  it("hands a run's keys to its driver and writes them nowhere", async () => {
    const run = await api.client.startRun(api.ask("bees"), { OPENAI_API_KEY: "sk-geheim" });
    await typesOf(api.client.events(run.runId));
    expect(api.driver.keysOfRun.get(run.runId)).toEqual({ OPENAI_API_KEY: "sk-geheim" });
    expect(JSON.stringify(await api.client.run(run.runId))).not.toContain("geheim");
  });

  it.each([
    [{ request: " ", out: OUT }, /Say what to research/],
    [{ request: "x" }, /out/],
    [{ request: "x", out: OUT, context: { interruptOn: {} } }, /context/],
    [{ request: "x", out: OUT, config: { configurable: {} } }, /config/],
    [{ request: "x", out: OUT, command: { goto: "tools" } }, /command/],
    ["x", /./],
  ])("refuses %j", async (body, message) => {
    const { status, text } = await raw(api, "POST", "/v1/runs", { body });
    expect(status).toBe(400);
    expect(JSON.parse(text)).toEqual({ error: { code: "bad_request", message: expect.stringMatching(message) } });
  });

  it("refuses what it does not know, and says so in one form", async () => {
    for (const [method, path, status] of [
      ["GET", "/v1/nothing", 404],
      ["GET", "/v1/runs/nobody", 404],
      ["GET", "/v1/runs/nobody/events", 404],
      ["POST", "/v1/runs/nobody/cancel", 404],
      ["GET", "/v1/articles/ffffffffffffffffffffffff", 404],
      ["GET", "/v1/articles?limit=1000&query=x", 400],
      ["GET", "/v1/vms", 503],
    ] as const) {
      const answer = await raw(api, method, path);
      expect([path, answer.status]).toEqual([path, status]);
      expect(JSON.parse(answer.text)).toEqual({ error: { code: expect.any(String), message: expect.any(String) } });
    }
    const big = await raw(api, "POST", "/v1/runs", { body: { request: "x".repeat(9 * 1024 * 1024) } });
    expect(big.status).toBe(413);
  });

  it("lists, finds and shows articles", async () => {
    const request = { markdown: "# Bees\n\nBees live in cities.", author: "Ada", key: "k1" };
    const { id } = await api.choir.publish(request, api.ada);
    expect(await api.client.articles()).toMatchObject([{ id, title: "Bees", citedBy: 0 }]);
    expect(await api.client.searchArticles("bees in cities", { limit: 3 })).toMatchObject([{ article_id: id }]);
    expect((await api.client.article(id.slice(0, 8))).markdown).toContain("Bees live");
  });

  it("retracts and cites for the authors whose keys are in the home, and for nobody else", async () => {
    const { choir, client, authors } = api;
    const own = await authors.signer((await authors.named("Bob")).publicKey);
    const publish = async (title: string, signer = own) =>
      (await choir.publish({ markdown: `# ${title}\n\nIn ${title}.`, author: "x", key: title }, signer ?? api.ada)).id;
    const [wasps, ants] = [await publish("Wasps"), await publish("Ants", api.ada)];
    const cite = { cited: ants.slice(0, 10), claim: "so it is", passage: "In Ants." };
    expect(await client.ownArticles.cite(wasps.slice(0, 10), cite)).toEqual({
      ...{ citing: wasps, cited: ants, first: true, count: 1 },
    });
    const other = await publish("Moths");
    const { retract } = { retract: (id: string) => client.ownArticles.retract(id, "It was wrong.") };
    for (const [call, code] of [
      [() => client.ownArticles.cite(ants, { ...cite, cited: wasps }), "not_author"],
      [() => client.ownArticles.cite(wasps, { ...cite, cited: other }), "self_citation"],
      [() => client.ownArticles.cite(wasps, { ...cite, cited: "ffff" }), "unknown_article"],
      [() => client.ownArticles.cite(other, { ...cite, passage: "In Rome." }), "invalid_citation"],
      [() => client.ownArticles.retract(wasps, " "), "invalid_retraction"],
      [() => retract(ants), "not_author"],
    ] as const) {
      await expect(call()).rejects.toMatchObject({ code });
    }
    expect(await retract(wasps)).toEqual({ article: wasps, first: true });
    expect(await retract(wasps)).toEqual({ article: wasps, first: false });
    expect(await client.article(wasps)).toMatchObject({ retracted: { reason: "It was wrong." } });
    expect(await client.article(ants)).toMatchObject({ citedBy: 0 });
    await expect(client.ownArticles.cite(wasps, cite)).rejects.toMatchObject({ code: "retracted" });
  });

  it("lists, renames, hands out and takes in authors", async () => {
    const { client } = api;
    const { publicKey } = await api.authors.named("Carol");
    expect(await client.authors.get(publicKey.slice(0, 6))).toMatchObject({ name: "Carol" });
    expect(await client.authors.rename("Carol", "Carol C.")).toMatchObject({ name: "Carol C.", publicKey });
    const key = await client.authors.export("Carol C.", "a long passphrase");
    expect(await client.authors.import(key, "a long passphrase")).toMatchObject({ publicKey });
    await expect(client.authors.import(key, "another passphrase")).rejects.toMatchObject({ code: "keystore_locked" });
    await expect(client.authors.get("Dave")).rejects.toMatchObject({ code: "unknown_author" });
    expect((await client.authors.list()).map(({ name }) => name)).toContain("Carol C.");
  });

  it("says what to do when nobody listens", async () => {
    await expect(new VibewriterClient(join(api.home, "no.sock")).health()).rejects.toMatchObject({
      code: "unreachable",
    });
  });
});
