import { setTimeout as sleep } from "node:timers/promises";
import type { Drive } from "@vibewriter/agent";
import type { RunRecord, RunResult } from "@vibewriter/agent/runs";
import type { Backbone } from "@vibewriter/backbone";
import { z } from "zod";

/**
 * Drives runs without an agent: three steps in a plan, then done, unless what was said last says "ask" (a question), "slow" (for ever) or "nothing"
 * (not enough evidence). `keysOfRun` has what each was driven with.
 */
export async function testDriver(backbone: Backbone): Promise<{ drive: Drive; keysOfRun: Map<string, unknown> }> {
  const questions = await backbone.records("VIBEWRITER_APPROVALS", z.looseObject({}));
  const keysOfRun = new Map<string, unknown>();
  const drive: Drive = async (run, { env, signal, fence }) => {
    const { runId } = run;
    const request = run.turns.at(-1)?.text ?? run.request;
    keysOfRun.set(runId, env);
    for (let step = 0; step < 3; step += 1) {
      const todos = [{ content: `step ${step}`, status: "in_progress" }];
      await backbone.events.append(runId, "plan", { todos }, { id: `plan-${step}`, epoch: fence.epoch });
    }
    if (request.includes("logged")) {
      await backbone.events.append(
        runId,
        "log",
        { level: "info", text: "Half of it." },
        { id: "log.half", epoch: fence.epoch },
      );
    }
    if (request.includes("slow")) await sleep(1e6, undefined, { signal });
    if (request.includes("nothing")) {
      const error = {
        code: "not_enough_evidence",
        message: "Not enough evidence: add sources that bear on the request.",
      };
      return { status: "failed", error, result: { ...resultOf(run), status: "failed", error } };
    }
    const article = { id: "0123456789abcdef01234567", title: "T", noveltyScore: 80 };
    if (!request.includes("ask") || run.drives > 1) {
      return {
        status: "done",
        heard: run.turns.length,
        result: { ...resultOf(run), report: "/tmp/out/t/report.md", article },
      };
    }
    const about = { tool: "publish", question: "Publish?", title: "T", author: "me", draftSha256: "0", cites: [] };
    const approval = { ...about, id: "q1", citations: { total: 1, supported: 1, rate: 1, method: "text" } };
    const asked = { runId, tool: "publish", argsHash: "q1", question: approval, state: "pending", createdAt: "" };
    await questions.put(`${runId}.q1`, asked);
    return { status: "waiting", approval };
  };
  return { drive, keysOfRun };
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
