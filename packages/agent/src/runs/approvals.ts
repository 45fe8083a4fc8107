import { isHonest } from "../approvals/answers.js";
import type { Approval } from "../approvals/approval.js";
import { AgentError } from "../errors.js";
import { checkedDraft } from "../publishing/checked-draft.js";
import type { AskedApproval } from "./asked-approval.js";
import type { RunParts } from "./parts.js";

/** What runs ask a person to allow, each question by itself: agents that work side by side ask side by side. */
export class RunApprovals {
  readonly #parts: Pick<RunParts, "approvals" | "runs" | "backbone">;

  constructor(parts: Pick<RunParts, "approvals" | "runs" | "backbone">) {
    this.#parts = parts;
  }

  /** The newest first. @param o.all those that were answered, too, and those that nobody can answer any more */
  async list(o: { all: boolean }): Promise<AskedApproval[]> {
    const runs = new Map((await this.#parts.runs.list()).map((run) => [run.runId, run]));
    const now = new Date();
    const asked = (await this.#parts.approvals.list()).flatMap((approval): AskedApproval[] => {
      const { runId, question, createdAt: askedAt, edited, by, message, decidedAt } = approval;
      const run = runs.get(runId);
      if (question === undefined || run === undefined) return [];
      const { agentId, request, status } = run;
      const state = stateOf(approval, now);
      return [{ runId, agentId, request, status, state, question, edited, by, message, askedAt, decidedAt }];
    });
    return o.all ? asked : asked.filter(({ state, status }) => state === "open" && status !== "done");
  }

  /** With the text that would be published. @throws AgentError `approval_not_found` */
  async get(id: string): Promise<AskedApproval> {
    const found = (await this.list({ all: true })).find(({ question }) => question.id === id);
    if (found !== undefined) {
      const { agentId, runId, question } = found;
      const { operation, draftSha256 } = question;
      if (operation !== "publish" || draftSha256 === undefined) return found;
      return { ...found, draft: await checkedDraft(this.#parts.backbone.files, { agentId, runId, draftSha256 }) };
    }
    throw new AgentError(
      "approval_not_found",
      `No run asks a question ${id}; see \`vibewriter approvals list --all\`.`,
    );
  }
}

function stateOf(approval: Approval, now: Date): AskedApproval["state"] {
  if (approval.state === "granted") return "approved";
  if (approval.state !== "pending") return approval.state;
  const isLate = Date.parse(approval.question?.expiresAt ?? "") <= now.getTime();
  return isLate || !isHonest(approval) ? "stale" : "open";
}
