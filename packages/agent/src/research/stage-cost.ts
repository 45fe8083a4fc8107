import { z } from "zod";
import { Stage } from "./budget-limits.js";

/** What one stage of a run took. */
export const StageCost = z.object({
  stage: Stage,
  /** At work; side by side counts once. */
  seconds: z.number().nonnegative(),
  /** Answered ones, also those whose answers could not be used. */
  modelCalls: z.int().nonnegative(),
  /** Null: its models count none. */
  tokens: z.int().nonnegative().nullable(),
  toolCalls: z.int().nonnegative(),
  /** Read here for the first time. */
  sources: z.int().nonnegative().default(0),
  /** Of commands in the agent's VM, and of tests of the skills that it proposes. */
  vmSeconds: z.number().nonnegative(),
  /** US dollars; null: the price of a model is not known. */
  costUsd: z.number().nonnegative().nullable(),
});
export type StageCost = z.infer<typeof StageCost>;
