import type { ApprovalDecision, RunRecord } from "@vibewriter/agent/runs";
import { keysOf, type VibewriterClient } from "@vibewriter/server";
import type { Context } from "../context.js";
import { ChatView } from "../view/chat-view.js";

/** How a person answers a question on the way; undefined: later. */
export type Answer = (question: NonNullable<RunRecord["approval"]>) => Promise<ApprovalDecision | undefined>;

/**
 * Shows what an agent does with what was said to it, until it has answered. Questions on the way are put to `answer`; an abort of the signal
 * stops the work, and the conversation goes on with whatever is said next.
 */
export async function followTurn(
  context: Context,
  client: VibewriterClient,
  o: { runId: string; after: number; signal: AbortSignal; answer: Answer },
): Promise<RunRecord> {
  const view = new ChatView(context.terminal);
  let { after } = o;
  for (;;) {
    try {
      for await (const event of client.events(o.runId, { after, signal: o.signal })) {
        after = event.seq;
        view.show(event);
      }
    } catch (error) {
      if (!o.signal.aborted) throw error;
      return await client.cancel(o.runId);
    }
    const run = await client.run(o.runId);
    if (run.status !== "waiting" || run.approval === undefined) return run;
    const decision = await o.answer(run.approval);
    if (decision === undefined) return run;
    await client.decide(o.runId, run.approval.id, decision, keysOf(context.env));
  }
}
