// What it costs that each tool call is in the audit: hashes, the entry, its share of a record that is encrypted, chained and stored.
import { mkdtemp, rm, symlink } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { ToolMessage } from "@langchain/core/messages";
import { auditOf } from "../../packages/agent/dist/audit/audit.js";
import { auditing } from "../../packages/agent/dist/audit/auditing.js";
import { openTrail } from "../../packages/agent/dist/audit/open-trail.js";
import { Backbone } from "../../packages/backbone/dist/index.js";
import { p50, row, timed } from "../measure.mjs";

const calls = 2_000;
/** Bytes of a tool's answer, and of its arguments. */
const resultBytes = 20_000;
const argsBytes = 1_500;

export async function auditRows() {
  const home = await mkdtemp(join(tmpdir(), "vw-bench-audit-"));
  // The binary that the set-up has fetched is used, and nothing else of the person's home.
  await symlink(join(process.env.VIBEWRITER_HOME ?? join(homedir(), ".vibewriter"), "cache"), join(home, "cache"));
  const backbone = await Backbone.open({ home });
  const trail = await openTrail({ home, backbone });
  try {
    const audit = auditOf(trail, { agentId: "main", runId: "bench", secrets: backbone.secrets });
    const { wrapToolCall } = auditing("researcher", { audit, model: "offline" });
    const args = { command: "x".repeat(argsBytes) };
    const content = "y".repeat(resultBytes);
    const answer = async () => new ToolMessage({ content, tool_call_id: "call", name: "execute" });
    const times = [];
    const started = performance.now();
    for (let n = 0; n < calls; n++) {
      const request = { toolCall: { id: `call-${n}`, name: "execute", args } };
      times.push(await timed(() => wrapToolCall(request, answer)));
      // As many at a time as a step of the graph makes; then the model thinks.
      if (n % 8 === 7) await new Promise(setImmediate);
    }
    await trail.written("main");
    const whole = (performance.now() - started) / calls;
    const flush = [];
    for (let n = 0; n < 50; n++) {
      audit.record({ kind: "approval", event: "used", tool: "publish_to_choir" });
      flush.push(await timed(() => audit.written()));
    }
    const [report] = await trail.verify(["main"]);
    if (report?.broken !== undefined) throw new Error(report.broken.text);
    return [
      row("trust.audit_call_p50", p50(times), "ms", { atMost: 1 }),
      row("trust.audit_call_stored", whole, "ms", { atMost: 1 }),
      row("trust.audit_written_p50", p50(flush), "ms", { atMost: 10 }),
    ];
  } finally {
    await trail[Symbol.asyncDispose]();
    await backbone.close();
    await rm(home, { recursive: true, force: true });
  }
}
