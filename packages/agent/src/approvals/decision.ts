import { z } from "zod";
import { JsonObject } from "../runs/record.js";

const message = z.string().trim().max(2_000).optional();

/** A person's answer to a question of a run. */
export const ApprovalDecision = z.discriminatedUnion("decision", [
  z.strictObject({ decision: z.literal("approve"), message }),
  z.strictObject({ decision: z.literal("reject"), message: message.describe("the agent reads it") }),
  z.strictObject({ decision: z.literal("edit"), args: JsonObject, message }),
]);
export type ApprovalDecision = z.infer<typeof ApprovalDecision>;
