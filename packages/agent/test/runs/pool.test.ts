import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { NatsSaver } from "@vibewriter/langgraph-nats";
import { type OpenRuns, openRuns } from "../../src/runs/open-runs.js";
import type { RunRecord } from "../../src/runs/record.js";
import { bundleWorker, PoolWorker, type StopAt } from "../support/pool.js";
import { EXAMPLES, World } from "../support/world.js";

let world: World;
/** A host that drives nothing itself: where persons ask, and where their folders are. */
let desk: OpenRuns;
let url: string;

beforeAll(async () => {
  await bundleWorker();
  world = await World.open();
  const { home, backbone } = world.base;
  const { user, password } = backbone.server?.credentials ?? {};
  url = backbone.server?.url.replace("nats://", `nats://${user}:${password}@`) ?? "";
  desk = await openRuns({ ...world, home, backbone, capacity: 0, version: "test" });
});
afterAll(async () => {
  await desk[Symbol.asyncDispose]();
  await world[Symbol.asyncDispose]();
});

const worker = (name: string, o: { at?: StopAt; capacity?: number } = {}) =>
  PoolWorker.start({ url, folder: join(world.base.home, "workers"), name, ...o });

const ask = (request: string) =>
  desk.client.start({ request, out: world.out, sources: [EXAMPLES], model: "offline", yes: true }, {});

/** Follows a run to its end, as a command does. */
async function atRest(runId: string): Promise<RunRecord> {
  for await (const _ of desk.client.follow(runId, { after: 0, signal: AbortSignal.timeout(120_000) }));
  return await desk.client.get(runId);
}

describe("a run whose worker falls silent", () => {
  // What takes time is the silence after which others go on: all wait for it together.
  let dead: PoolWorker;
  let frozen: PoolWorker;
  let heir: PoolWorker;
  const ofDead = { runId: "", epoch: 0, killedAt: 0 };
  const ofFrozen = { runId: "", epoch: 0, agentId: "" };
  const ofNobody = { runId: "" };

  beforeAll(async () => {
    dead = await worker("a", { at: { event: ".notes.finished", does: "stay" }, capacity: 1 });
    ofDead.runId = (await ask("Research USDC lending yields on Base, killed")).runId;
    await dead.heard(({ type }) => type === "reached", 60_000);
    // In the middle of storing its files: the draft is in its VM, and that it was written is in a checkpoint.
    frozen = await worker("c", { at: { file: "/draft.md", does: "freeze" }, capacity: 1 });
    Object.assign(ofFrozen, await ask("Research USDC lending yields on Base, frozen"));
    await frozen.heard(({ type }) => type === "reached", 60_000);
    // What nobody may see of a run that is somebody else's.
    const folder = frozen.path(ofFrozen.agentId, `workspace/${ofFrozen.runId}`);
    await writeFile(`${folder}/notes/findings.md`, "as the frozen one has it");
    await writeFile(`${folder}/left.md`, "left by the frozen one");
    ofDead.epoch = (await desk.client.get(ofDead.runId)).epoch;
    ofFrozen.epoch = (await desk.client.get(ofFrozen.runId)).epoch;
    ofNobody.runId = await askForNobody();
    heir = await worker("b");
    await dead.signal("SIGKILL");
    ofDead.killedAt = performance.now();
  });
  afterAll(async () => {
    for (const each of [dead, frozen, heir]) await each?.[Symbol.asyncDispose]();
  });

  it("goes on with another worker within 45 s after kill -9 of its own, and is laid out where it was asked for", async () => {
    const { runId, epoch, killedAt } = ofDead;
    await heir.heard(({ type, run }) => type === "run claimed" && run === runId, 45_000);
    expect(performance.now() - killedAt).toBeLessThan(45_000);
    const done = await atRest(runId);
    expect(done.error).toBeUndefined();
    expect(done).toMatchObject({ status: "done", origin: desk.host, laidOut: true, losses: 0 });
    expect(done.epoch).toBeGreaterThan(epoch);
    const report = await readFile(done.result?.report ?? "", "utf8");
    expect(report).toContain("## References");
    expect(JSON.parse(await readFile(join(done.folder, "run.json"), "utf8"))).toEqual(done.result);
    const articles = (await world.choir.list()).filter(({ title }) => title.includes("killed"));
    // Written elsewhere, and signed here, with the key that never left this home.
    expect(articles).toMatchObject([{ author: "main", authorKey: (await desk.authors.get("main")).publicKey }]);
    const types = (await world.events(runId)).map(({ type }) => type);
    expect(types.filter((type) => type === "artifact")).toHaveLength(1);
  }, 180_000);

  it("is driven by one alone when a worker that was frozen wakes and believes that it has it; files hold one version of what each wrote", async () => {
    const { runId, agentId, epoch } = ofFrozen;
    const claimed = await heir.heard(({ type, run }) => type === "run claimed" && run === runId, 45_000);
    expect(claimed.epoch).toBeGreaterThan(epoch);
    await frozen.signal("SIGCONT");
    await frozen.heard(({ type, run }) => type === "run lost" && run === runId, 30_000);
    const done = await atRest(runId);
    expect(done.error).toBeUndefined();
    expect(done).toMatchObject({ status: "done", epoch: claimed.epoch });
    expect(frozen.said.some(({ type, run }) => type === "run at rest" && run === runId)).toBe(false);
    expect((await world.choir.list()).filter(({ title }) => title.includes("frozen"))).toHaveLength(1);

    // Nothing of the first comes after the claim of the second: no event, no checkpoint, no file.
    const epochs = await epochsIn("VIBEWRITER_EVENTS", `vibewriter.events.${runId}`);
    expect(epochs).toEqual([...epochs].sort((a, b) => a - b));
    const saver = NatsSaver.fromConnection(world.base.backbone.connection, { agent: agentId });
    expect(await saver.getTuple({ configurable: { thread_id: runId } })).toBeDefined();
    const versions = await versionsOf(agentId, runId);
    const names = ["draft.md", "notes/findings.md", "notes/risks.md"];
    const keys = versions.flatMap(({ key }) => (key.includes("/runs/") ? [key] : []));
    // Beside these the notes on the themes of the sources.
    expect(keys).toEqual(expect.arrayContaining(names.map((name) => `${agentId}/runs/${runId}/${name}`)));
    for (const key of keys) expect(key).toMatch(/\/(?:draft|notes\/[a-z-]+)\.md$/);
    for (const { key, kinds } of versions) expect({ key, kinds }).toEqual({ key, kinds: ["written"] });
    // What was published is what lies in the person's folder; what the other VM alone had is named.
    const { markdown } = await world.choir.get(done.result?.article?.id ?? "");
    expect(await readFile(done.result?.report ?? "", "utf8")).toBe(markdown);
    const logs = (await world.events(runId)).flatMap((event) => (event.type === "log" ? [event.data.text] : []));
    expect(logs).toContainEqual(
      expect.stringMatching(/VM of the agent main was lost.*is gone: .*write_file .*draft\.md/),
    );
  }, 180_000);

  it("says that it waits when no worker has what it needs", async () => {
    for (const started = performance.now(); performance.now() - started < 45_000; await sleep(200)) {
      const texts = (await world.events(ofNobody.runId)).map(({ data }) => JSON.stringify(data));
      if (texts.some((text) => text.includes("waits for a worker with a key for anthropic"))) return;
    }
    throw new Error("Nothing was said.");
  }, 120_000);
});

/** A run in the queue of a class that no worker serves. */
async function askForNobody(): Promise<string> {
  const { runs } = world.bench.parts;
  await expect(
    desk.client.start({ request: "Research bees", out: world.out, sources: [EXAMPLES], model: "anthropic:x" }, {}),
  ).rejects.toMatchObject({ code: "missing_key" });
  const { runId } = await ask("Research USDC lending yields on Base, waiting");
  await desk.client.cancel(runId);
  await runs.change(runId, (now) => ({
    ...now,
    ...{ status: "queued", model: "anthropic:x", class: "anthropic", queue: "pool.anthropic", submission: 7 },
  }));
  await world.base.backbone.tasks.submit("pool.anthropic", runId, "7");
  return runId;
}

describe("a run in the pool", () => {
  it("is handed back by a worker that ends, and goes on at once", async () => {
    await using first = await worker("e", { at: { event: ".notes.finished", does: "stay" } });
    const { runId } = await ask("Research USDC lending yields on Base, drained");
    await first.heard(({ type }) => type === "reached", 60_000);
    await using second = await worker("f");
    const ended = first.signal("SIGTERM");
    await first.heard(({ type, run }) => type === "run handed back" && run === runId, 20_000);
    await second.heard(({ type, run }) => type === "run claimed" && run === runId, 10_000);
    await ended;
    expect(await atRest(runId)).toMatchObject({ status: "done" });
  }, 120_000);

  it("is cancelled on another host, and goes on when it is resumed", async () => {
    await using first = await worker("g", { at: { event: ".notes.finished", does: "stay" } });
    const { runId } = await ask("Research USDC lending yields on Base, cancelled");
    await first.heard(({ type }) => type === "reached", 60_000);
    expect(await desk.client.cancel(runId)).toMatchObject({ status: "cancelled" });
    await first.heard(
      ({ type, run, status }) => type === "run at rest" && run === runId && status === "cancelled",
      5_000,
    );
    await desk.client.resume(runId, {});
    expect(await atRest(runId)).toMatchObject({ status: "done" });
  }, 120_000);

  it("is interrupted when its keys are gone, and says so", async () => {
    // Asked for through a process that is gone: this one has its host and its record, and not its keys.
    const keys = { OPENAI_API_KEY: "gone-with-its-process" };
    const asked = { request: "Research bees", out: world.out, sources: [EXAMPLES], model: "openai:gpt-5.1" };
    const { runId, queue, hasKeys } = await world.client.start(asked, keys);
    expect({ queue, hasKeys }).toEqual({ queue: `host.${desk.host}`, hasKeys: true });
    {
      const { home, backbone } = world.base;
      await using _next = await openRuns({ ...world, home, backbone, capacity: 1, version: "test" });
      expect(await atRest(runId)).toMatchObject({ status: "interrupted", error: { code: "keys_lost" } });
    }
    expect(await desk.client.resume(runId, keys)).toMatchObject({ status: "queued", submission: 2 });
    await desk.client.cancel(runId);
  }, 60_000);
});

/** The kinds of the versions of each file that a run has written, its checked drafts included, by key. */
async function versionsOf(agentId: string, runId: string): Promise<{ key: string; kinds: string[] }[]> {
  const { files } = world.base.backbone;
  const written = (await files.list(`${agentId}/`)).filter(({ key }) => key.includes(runId));
  return await Promise.all(
    written.map(async ({ key }) => ({ key, kinds: (await files.history(key)).map(({ kind }) => kind) })),
  );
}

async function epochsIn(stream: string, subject: string): Promise<number[]> {
  const epochs: number[] = [];
  const { jetstreamManager } = await import("@nats-io/jetstream");
  const manager = await jetstreamManager(world.base.backbone.connection);
  for (let seq = 1; ; ) {
    const message = await manager.direct.getMessage(stream, { seq, next_by_subj: subject });
    if (message === null) return epochs;
    const epoch = message.header.get("Vibewriter-Epoch");
    if (epoch !== "") epochs.push(Number(epoch));
    seq = message.seq + 1;
  }
}
