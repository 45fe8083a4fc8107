import { setTimeout as sleep } from "node:timers/promises";
import { followRun } from "../../src/runs/follow.js";
import type { RunRecord, RunStatus } from "../../src/runs/record.js";
import { type TestBackbone, testBackbone } from "../support/backbone.js";

describe("whoever follows a run", () => {
  let world: TestBackbone;
  beforeAll(async () => {
    world = await testBackbone();
  });
  afterAll(() => world[Symbol.asyncDispose]());

  const tell = (runId: string, status: RunStatus) =>
    world.backbone.events.append(runId, "status", { status }, { id: `status.${status}`, epoch: 1 });
  const heardOf = async (runId: string, record: Pick<RunRecord, "status">) => {
    const heard: unknown[] = [];
    const { events } = world.backbone;
    const get = async () => record as RunRecord;
    const o = { events, get, finish: async () => false, runId, after: 0, signal: AbortSignal.timeout(20_000) };
    for await (const { data } of followRun(o)) heard.push(data);
    return heard;
  };

  it("hears its last words, which come after its record rests", async () => {
    await tell("run-late", "running");
    const [heard] = await Promise.all([
      heardOf("run-late", { status: "done" }),
      sleep(300).then(() => tell("run-late", "done")),
    ]);
    expect(heard).toEqual([{ status: "running" }, { status: "done" }]);
  });

  it("does not wait for the words of who was killed before them", async () => {
    await tell("run-silent", "running");
    expect(await heardOf("run-silent", { status: "failed" })).toEqual([{ status: "running" }]);
  });
});
