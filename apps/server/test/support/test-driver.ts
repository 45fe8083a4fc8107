import { setTimeout as sleep } from "node:timers/promises";
import { RunRecord, type RunRequest, type RunStatus } from "@vibewriter/agent/runs";
import type { Backbone } from "@vibewriter/backbone";
import { ServerError } from "../../src/errors.js";
import type { RunDriver } from "../../src/runs.js";

/** Drives runs without an agent: three steps in a plan, a question when the request says "ask", for ever when it says "slow". */
export async function testDriver(backbone: Backbone): Promise<RunDriver & { keysOfRun: Map<string, unknown> }> {
  const records = await backbone.records("VIBEWRITER_RUNS", RunRecord);
  const keysOfRun = new Map<string, unknown>();
  let made = 0;
  const get = async (id: string): Promise<RunRecord> => {
    const found = await records.get(id);
    if (!found) throw new ServerError("run_not_found", `There is no run ${id}; see \`vibewriter runs\`.`);
    return found.value;
  };
  const set = async (id: string, status: RunStatus, more: Partial<RunRecord> = {}): Promise<RunRecord> => {
    const run = { ...(await get(id)), ...more, status };
    await records.put(id, run);
    await backbone.events.append(id, "status", { status });
    return run;
  };
  return {
    keysOfRun,
    get,
    list: async () => (await records.list()).map(({ value }) => value),
    async create(request: RunRequest, keys) {
      made += 1;
      const runId = `run-${made}`;
      keysOfRun.set(runId, keys);
      const run = RunRecord.parse({
        ...{
          runId,
          agentId: "main",
          kind: "research",
          sources: [],
          model: "offline",
          author: "me",
          folder: "f",
          yes: false,
        },
        ...request,
        status: "queued",
        createdAt: new Date(made).toISOString(),
      });
      await records.create(runId, run);
      await backbone.events.append(runId, "status", { status: "queued" });
      return run;
    },
    async drive(id, { signal }) {
      const run = await set(id, "running");
      for (let step = 0; step < 3; step += 1) {
        const todos = [{ content: `step ${step}`, status: "in_progress" }];
        await backbone.events.append(id, "plan", { todos }, { id: `plan-${step}` });
      }
      if (run.request.includes("slow")) await sleep(1e6, undefined, { signal });
      if (!run.request.includes("ask") || run.approval) return set(id, "done");
      const approval = {
        id: "q1",
        tool: "publish",
        question: "Publish?",
        title: "T",
        author: "me",
        draftSha256: "0",
        cites: [],
      };
      return set(id, "waiting", {
        approval: { ...approval, citations: { total: 1, supported: 1, rate: 1, method: "text" } },
      });
    },
    requeue: (id) => set(id, "queued"),
    decide: (id) => set(id, "queued"),
    stop: (id, reason) => set(id, reason),
  };
}
