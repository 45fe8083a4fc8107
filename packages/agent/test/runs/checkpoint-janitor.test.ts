import { emptyCheckpoint, uuid6 } from "@langchain/langgraph-checkpoint";
import { NatsSaver } from "@vibewriter/langgraph-nats";
import {
  CheckpointJanitor,
  type CheckpointJanitorEvent,
  type CheckpointJanitorOptions,
} from "../../src/runs/checkpoint-janitor.js";
import type { RunStatus } from "../../src/runs/record.js";
import { type TestBackbone, testBackbone } from "../support/backbone.js";

const WEEK_MS = 7 * 24 * 60 * 60 * 1000;
let base: TestBackbone;

beforeAll(async () => {
  base = await testBackbone();
  await NatsSaver.fromConnection(base.backbone.connection).setup();
});

afterEach(() => {
  vi.useRealTimers();
});

afterAll(async () => {
  await base?.[Symbol.asyncDispose]();
});

describe("the checkpoints of runs", () => {
  it("thin out a week after the run has ended, and no sooner; heads stay", async () => {
    const now = new Date().toISOString();
    const runs = [
      await run("run-done", "done", now),
      await run("run-failed", "failed", now, "other"),
      await run("run-waiting", "waiting"),
      await run("run-again", "running", now),
    ];
    expect(await sweep(runs)).toEqual([]);
    for (const { runId, agentId } of runs) expect(await steps(runId, agentId)).toHaveLength(5);

    // The clock of this process, and no timer: whatever the server has stored is old by now.
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + WEEK_MS + 1_000 });
    const recent = await run("run-recent", "done", new Date().toISOString());
    expect(await sweep([...runs, recent])).toEqual([
      { type: "checkpoints pruned", threads: 2, checkpoints: 8, values: 0 },
    ]);
    expect(await steps("run-done")).toEqual([4]);
    expect(await steps("run-failed", "other")).toEqual([4]);
    for (const runId of ["run-waiting", "run-again", "run-recent"]) expect(await steps(runId)).toHaveLength(5);
  });

  it("of a run that was retried thin out in the thread of each attempt, once the last one has ended", async () => {
    const again = await run("run-retried", "done", new Date().toISOString());
    for (const thread of ["run-retried.2", "run-retried.3"]) await checkpoints(thread);
    const underWay = { ...again, attempt: 3, status: "running" as const };
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + WEEK_MS + 1_000 });
    expect(await sweep([underWay])).toEqual([]);
    expect(await sweep([{ ...again, attempt: 3 }])).toEqual([
      { type: "checkpoints pruned", threads: 3, checkpoints: 12, values: 0 },
    ]);
    for (const thread of ["run-retried", "run-retried.2", "run-retried.3"]) expect(await steps(thread)).toEqual([4]);
  });

  it("are left alone, and that is said, when the runs cannot be listed", async () => {
    const events: CheckpointJanitorEvent[] = [];
    const runs = () => Promise.reject(new Error("no NATS"));
    await using janitor = CheckpointJanitor.start({
      backbone: base.backbone,
      runs,
      onEvent: (event) => events.push(event),
    });
    await janitor.idle();
    expect(events).toEqual([{ type: "checkpoints not pruned", message: "no NATS" }]);
  });
});

type Run = Awaited<ReturnType<CheckpointJanitorOptions["runs"]>>[number];

/** What a janitor says in its first sweep. */
async function sweep(runs: Run[]): Promise<CheckpointJanitorEvent[]> {
  const events: CheckpointJanitorEvent[] = [];
  await using janitor = CheckpointJanitor.start({
    backbone: base.backbone,
    runs: async () => runs,
    onEvent: (event) => events.push(event),
  });
  await janitor.idle();
  return events;
}

/** A run of five checkpoints. */
async function run(runId: string, status: RunStatus, finishedAt?: string, agentId = "main"): Promise<Run> {
  await checkpoints(runId, agentId);
  return { runId, agentId, status, attempt: 1, ...(finishedAt === undefined ? {} : { finishedAt }) };
}

async function checkpoints(thread: string, agentId = "main"): Promise<void> {
  const saver = NatsSaver.fromConnection(base.backbone.connection, { agent: agentId });
  let config = { configurable: { thread_id: thread } };
  for (let step = 0; step < 5; step += 1) {
    const next = { ...emptyCheckpoint(), id: uuid6(step), channel_values: { step }, channel_versions: { step } };
    await saver.put(config, next, { source: "loop", step, parents: {} }, { step });
    config = { configurable: { ...config.configurable, checkpoint_id: next.id } as typeof config.configurable };
  }
}

async function steps(thread: string, agent = "main"): Promise<(number | undefined)[]> {
  const found: (number | undefined)[] = [];
  const saver = NatsSaver.fromConnection(base.backbone.connection, { agent });
  for await (const { metadata } of saver.list({ configurable: { thread_id: thread } })) found.push(metadata?.step);
  return found;
}
