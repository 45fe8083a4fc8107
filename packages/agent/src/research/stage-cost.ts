import { z } from "zod";
import { Stage } from "./budget-limits.js";

/** What one stage of a run took. */
export const StageCost = z.object({
  stage: Stage,
  /** At work; side by side counts once. */
  seconds: z.number().nonnegative(),
  modelCalls: z.int().nonnegative(),
  tokens: z.int().nonnegative(),
  toolCalls: z.int().nonnegative(),
  /** Of commands in the agent's VM. */
  vmSeconds: z.number().nonnegative(),
  /** US dollars; null: the price of a model is not known. */
  costUsd: z.number().nonnegative().nullable(),
});
export type StageCost = z.infer<typeof StageCost>;
