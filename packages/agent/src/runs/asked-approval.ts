import { z } from "zod";
import { ApprovalQuestion, JsonObject, RunStatus } from "./record.js";

/** A question of a run, and what became of it. */
export const AskedApproval = z.object({
  runId: z.string(),
  agentId: z.string(),
  request: z.string(),
  /** How the run is. */
  status: RunStatus,
  /** `stale`: nobody has answered it in time, or it is not what would be allowed; resuming the run asks it anew. */
  state: z.enum(["open", "stale", "approved", "edited", "rejected"]),
  question: ApprovalQuestion,
  /** Where one publication is looked at: the text that it is about, as it was checked, with the ids of the run's sources. */
  draft: z.string().optional(),
  /** With `edited`: what it was allowed with instead. */
  edited: JsonObject.optional(),
  by: z.string().optional(),
  message: z.string().optional(),
  askedAt: z.string(),
  decidedAt: z.string().optional(),
});
export type AskedApproval = z.infer<typeof AskedApproval>;
