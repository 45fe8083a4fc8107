import type { ApprovalDecision, AskedApproval } from "@vibewriter/agent/runs";
import { keysOf } from "@vibewriter/server";
import { withChanges } from "../approval-prompt.js";
import { type Context, connect } from "../context.js";
import { EXIT, type ExitCode } from "../exit.js";
import { approvalLines, approvalTable, decidedText } from "../view/approval.js";

/** `vibewriter approvals list [--all]`. */
export async function approvalsList(context: Context, o: { all?: true }): Promise<ExitCode> {
  const { terminal } = context;
  const approvals = await (await connect(context)).approvals.list({ all: o.all === true });
  if (terminal.json) terminal.printJson({ approvals });
  else if (approvals.length === 0) terminal.print("No run asks anything.");
  else for (const line of approvalTable(approvals, terminal.outColumns)) terminal.print(line);
  return EXIT.done;
}

/** `vibewriter approvals show QUESTION`. */
export async function approvalsShow(context: Context, id: string): Promise<ExitCode> {
  const { terminal } = context;
  const approval = await (await connect(context)).approvals.get(id);
  if (terminal.json) terminal.printJson({ approval });
  else for (const line of approvalLines(approval)) terminal.print(line);
  return EXIT.done;
}

/** `vibewriter approvals approve QUESTION`. */
export function approvalsApprove(context: Context, id: string): Promise<ExitCode> {
  return decide(context, id, () => ({ decision: "approve" }), "Approved");
}

/** `vibewriter approvals reject QUESTION [--reason TEXT]`. */
export function approvalsReject(context: Context, id: string, { reason }: { reason?: string }): Promise<ExitCode> {
  return decide(context, id, () => ({ decision: "reject", message: reason }), "Rejected");
}

/** `vibewriter approvals edit QUESTION --set NAME=VALUE`. */
export function approvalsEdit(
  context: Context,
  id: string,
  { set }: { set: Readonly<Record<string, string>> },
): Promise<ExitCode> {
  const edit = ({ question }: AskedApproval) => ({ decision: "edit" as const, args: withChanges(question.args, set) });
  return decide(context, id, edit, "Approved with these changes");
}

async function decide(
  context: Context,
  id: string,
  decisionOn: (approval: AskedApproval) => ApprovalDecision,
  said: string,
): Promise<ExitCode> {
  const { terminal } = context;
  const client = await connect(context);
  const asked = await client.approvals.get(id);
  const { runId } = asked;
  await client.decide(runId, id, decisionOn(asked), keysOf(context.env));
  const approval = await client.approvals.get(id);
  if (terminal.json) terminal.printJson({ approval });
  else terminal.print(decidedText(said, approval));
  return EXIT.done;
}
