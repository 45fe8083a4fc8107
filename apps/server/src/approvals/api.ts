import { AskedApproval } from "@vibewriter/agent/runs";
import { z } from "zod";

/** What is said of approvals between the owner process and its clients. */

export const ApprovalsQuery = z.strictObject({ all: z.enum(["0", "1"]).default("0") });
export const ApprovalsAnswer = z.object({ approvals: z.array(AskedApproval) });
export const ApprovalAnswer = z.object({ approval: AskedApproval });
