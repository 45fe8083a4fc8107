import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Drive } from "@vibewriter/agent";
import { ApprovalQuestion, type RunRecord, type RunResult } from "@vibewriter/agent/runs";
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
    const args = { filepath: "/draft.md" };
    const tool = "publish_to_choir";
    // What the agent's tools hash: an answer to a question whose arguments are not those is refused.
    const hashed = JSON.stringify({ args, names: {}, scope: runId, tool });
    const argsHash = createHash("sha256").update(hashed).digest("hex");
    const expiresAt = new Date(Date.now() + (request.includes("late") ? -1 : 3_600_000)).toISOString();
    const about = { operation: "publish", tool, question: "Publish?", args, names: {}, why: "It is asked.", taint: [] };
    const citations = { total: 1, supported: 1, rate: 1, method: "lexical" };
    const draft = { title: "T", author: "me", draftSha256: "0", cites: [], citations };
    const approval = ApprovalQuestion.parse({ ...about, ...draft, id: argsHash.slice(0, 32), expiresAt });
    const asked = { runId, scope: runId, tool, argsHash, question: approval, state: "pending", createdAt: expiresAt };
    await questions.put(`${runId}.${argsHash}`, asked);
    return { status: "waiting", approval };
  };
  return { drive, keysOfRun };
}

function resultOf(run: RunRecord): RunResult {
  return {
    ...{ runId: run.runId, agentId: run.agentId, status: "done", report: null, article: null, sources: [], cited: [] },
    ...{
      citations: { total: 1, supported: 1, rate: 1, method: "lexical" },
      isolation: "emulated",
      model: run.model,
      durationMs: 1,
    },
  };
}
