import { Estimate } from "@vibewriter/agent/runs";
import { z } from "zod";

/** A person's answer to what a run asks about its request; without `text` it is left to the agent. */
export const Answer = z.strictObject({ text: z.string().trim().min(1).max(4_000).optional() });
export type Answer = z.infer<typeof Answer>;

/** With which model a run would be asked for. */
export const EstimateRequest = z.strictObject({ model: z.string().min(1).max(200).optional() });
export type EstimateRequest = z.infer<typeof EstimateRequest>;

export const EstimateAnswer = z.object({ estimate: Estimate });
