import { setTimeout as sleep } from "node:timers/promises";
import { AgentError } from "@vibewriter/agent";
import { RunRecord, type RunRequest, type RunResult, type RunStatus } from "@vibewriter/agent/runs";
import type { Backbone } from "@vibewriter/backbone";
import { ServerError } from "../../src/errors.js";
import type { RunDriver } from "../../src/runs.js";

/**
 * Drives runs without an agent: three steps in a plan, then done, unless the request says "ask" (a question), "slow" (for ever),
 * "nothing" (not enough evidence) or "key" (no run without OPENAI_API_KEY).
 */
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
      if (request.request.includes("key") && !keys.OPENAI_API_KEY) {
        throw new AgentError(
          "missing_key",
          "The model openai:x needs a key: set OPENAI_API_KEY, or use --model offline.",
        );
      }
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
      if (run.request.includes("nothing")) {
        const error = {
          code: "not_enough_evidence",
          message: "Not enough evidence: add sources that bear on the request.",
        };
        return set(id, "failed", { error, result: { ...resultOf(run), status: "failed", error } });
      }
      const article = { id: "0123456789abcdef01234567", title: "T", noveltyScore: 80 };
      if (!run.request.includes("ask") || run.approval) {
        return set(id, "done", { result: { ...resultOf(run), report: "/tmp/out/t/report.md", article } });
      }
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

function resultOf(run: RunRecord): RunResult {
  return {
    ...{ runId: run.runId, agentId: run.agentId, status: "done", report: null, article: null, sources: [], cited: [] },
    ...{
      citations: { total: 1, supported: 1, rate: 1, method: "text" },
      isolation: "emulated",
      model: run.model,
      durationMs: 1,
    },
  };
}
