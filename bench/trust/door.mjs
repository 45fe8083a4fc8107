// A tool call with its marks, its records in the audit and the door in front of its effect, beside the same call without any of them. The
// store is a real nats-server that syncs each write.

import { mkdtemp, rm, symlink } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { ToolMessage } from "@langchain/core/messages";
import { Approval, argsHashOf, GrantUse, questionId } from "../../packages/agent/dist/approvals/approval.js";
import { Approvals } from "../../packages/agent/dist/approvals/approvals.js";
import { auditOf } from "../../packages/agent/dist/audit/audit.js";
import { auditing } from "../../packages/agent/dist/audit/auditing.js";
import { openTrail } from "../../packages/agent/dist/audit/open-trail.js";
import { HomeKey } from "../../packages/agent/dist/home-key.js";
import { tainting } from "../../packages/agent/dist/middleware/taint.js";
import { permit } from "../../packages/agent/dist/policy/permit.js";
import { Policy } from "../../packages/agent/dist/policy/policy.js";
import { taintAtWork } from "../../packages/agent/dist/taint/taint.js";
import { Backbone } from "../../packages/backbone/dist/index.js";
import { p50, p95, repeat, row, timed } from "../measure.mjs";

const CALLS = 300;

/**
 * Milliseconds that all checks add to a call: of one that needs nobody; and of an effect that a person has allowed, again and the first time, where
 * what is written is waited for on purpose.
 */
export async function doorRows() {
  const home = await mkdtemp(join(tmpdir(), "vibewriter-bench-"));
  // The binary that the set-up has fetched is used, and nothing else of the person's home.
  await symlink(join(process.env.VIBEWRITER_HOME ?? join(homedir(), ".vibewriter"), "cache"), join(home, "cache"));
  const backbone = await Backbone.open({ home });
  try {
    const trail = await openTrail({ home, backbone });
    const calls = await callsOf({ home, backbone, trail });
    await repeat(50, (n) => calls.free(n));
    const bare = p50(await repeat(CALLS, (n) => timed(() => calls.bare(n))));
    const free = await repeat(CALLS, (n) => timed(() => calls.free(n)));
    await repeat(50, (n) => calls.allow(n));
    const first = await repeat(50, (n) => timed(() => calls.granted(n)));
    const again = await repeat(50, (n) => timed(() => calls.granted(n)));
    const against = { name: "the call alone", value: bare };
    const read = { name: "a read of the store", value: p50(await repeat(50, () => timed(calls.read))) };
    return [
      row("trust.tool_call_overhead_p50", p50(free) - bare, "ms", { atMost: 3 }, against),
      row("trust.tool_call_overhead_p95", p95(free) - bare, "ms", null, against),
      row("trust.granted_call_overhead_p50", p50(again) - bare, "ms", null, read),
      row("trust.first_use_overhead_p50", p50(first) - bare, "ms", null, read),
    ];
  } finally {
    await backbone[Symbol.asyncDispose]();
    await rm(home, { recursive: true, force: true });
  }
}

async function callsOf({ home, backbone, trail }) {
  const [runId, agentId] = ["run-bench", "main"];
  const stored = await backbone.records("VIBEWRITER_APPROVALS", Approval);
  const approvals = new Approvals({
    key: await HomeKey.open(join(home, "keys", "approvals.pem"), "approval"),
    records: stored,
    uses: await backbone.records("VIBEWRITER_GRANTS", GrantUse),
    approvers: { all: async () => [] },
  });
  const audit = auditOf(trail, { runId, agentId, secrets: backbone.secrets });
  const fence = { check: async () => undefined };
  const context = {
    runId,
    agentId,
    scope: runId,
    approvals,
    audit,
    fence,
    taint: taintAtWork,
    policy: Policy.parse({}),
    secrets: backbone.secrets,
  };
  const [marks, records] = [tainting(), auditing("vibewriter", { audit, model: "offline" })];
  const seen = Array.from({ length: 8 }, (_, n) => ({ origin: "web", name: `https://example.com/${n}` }));
  const text = JSON.stringify({ text: "What a source says. ".repeat(400) });
  const answer = (id) => new ToolMessage({ tool_call_id: id, content: text });
  const effect = (operation, n) => ({
    ...{ operation, tool: "cite_article", args: { article_id: String(n), context: "why" } },
    ...{ effectKey: `cite:${n}`, question: `Cite ${n}?` },
  });
  const request = (n) => ({
    toolCall: { name: "read_source", id: `call-${n}`, args: { source: `S${n}`, offset: 0 }, type: "tool_call" },
    state: { messages: [], taint: seen },
  });
  const checked = (n, operation) =>
    marks.wrapToolCall(request(n), (inner) =>
      records.wrapToolCall(inner, async () => {
        await permit(context, effect(operation, n), () => undefined);
        return answer(`call-${n}`);
      }),
    );
  return {
    read: () => stored.get("none"),
    bare: async (n) => answer(`call-${n}`),
    free: (n) => checked(n, "cite"),
    granted: (n) => checked(n, "cite_over_budget"),
    allow: async (n) => {
      const { tool, args, question, effectKey, operation } = effect("cite_over_budget", n);
      const argsHash = argsHashOf({ tool, args, names: {}, scope: runId });
      const asked = { id: questionId(argsHash), operation, tool, question, args, names: {}, why: "Asked.", taint: [] };
      await approvals.ask({ runId, scope: runId, tool, argsHash, effectKey }, asked);
      await approvals.decide(runId, asked.id, { decision: "approve" }, "bench");
    },
  };
}
