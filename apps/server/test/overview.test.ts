import { setTimeout as sleep } from "node:timers/promises";
import { openRuns } from "@vibewriter/agent";
import { EXAMPLES, World } from "../../../packages/agent/test/support/world.js";
import { Top } from "../src/top/api.js";
import { Overview } from "../src/top/overview.js";
import { advanced, BEGUN, stepOf } from "../src/top/progress.js";

const vms = { stats: async () => [{ id: "lab", state: "stopped" as const }] };

describe("an overview", () => {
  it("tells of a run while it is driven, and when it rests", async () => {
    await using world = await World.open();
    const { base, choir, machines } = world;
    await using runs = await openRuns({ ...base, choir, machines, capacity: 1, version: "0" });
    const overview = new Overview({ backbone: base.backbone, runs, vms });
    const request = { request: "DeFi yield on Base", out: world.out, sources: [EXAMPLES], model: "offline", yes: true };
    const { runId } = await runs.client.start(request, {});
    const seen = { steps: new Set<number>(), doing: new Set<string>(), machines: new Set<string | undefined>() };
    let look = Top.parse(await overview.look());
    while (look.runs[0]?.status !== "done") {
      const [run] = look.runs;
      expect(run?.status).toMatch(/^(queued|running)$/);
      seen.steps.add(run?.step.at ?? 0);
      if (run?.doing) seen.doing.add(run.doing);
      if (run?.status === "running") seen.machines.add(run.machine);
      await sleep(50);
      look = Top.parse(await overview.look());
    }
    expect(seen.steps.size).toBeGreaterThan(2);
    expect([...seen.doing].join()).toContain("researcher: ");
    expect([...seen.machines].some(Boolean)).toBe(true);
    const [run] = look.runs;
    expect(run).toMatchObject({ runId, inputTokens: 0, costUsd: 0, doing: "" });
    expect(run?.step.at).toBe(run?.step.of);
    expect(look).toMatchObject({ nats: { tier: "full" }, workers: [{ capacity: 1 }], vms: [{ id: "lab" }] });
  }, 120_000);

  it("adds up tokens and dollars, and does not know a sum of which a part is unknown", () => {
    const usage = (seq: number, costUsd: number | null) => ({
      ...{ seq, runId: "r", id: `u${seq}`, time: "", type: "usage" },
      data: { agent: "vibewriter", model: "openai:gpt-5.1", inputTokens: 100, outputTokens: 10, costUsd },
    });
    const two = advanced(advanced(BEGUN, usage(1, 0.5)), usage(2, 0.25));
    expect(two).toMatchObject({ seq: 2, inputTokens: 200, outputTokens: 20, costUsd: 0.75 });
    expect(advanced(advanced(two, usage(3, null)), usage(4, 1)).costUsd).toBeNull();
    // A later version's event is passed over.
    expect(advanced(two, { ...usage(5, 1), type: "not.yet.known" })).toEqual({ ...two, seq: 5 });
    expect(stepOf(two)).toEqual({ at: 0, of: 0, text: "" });
  });
});
