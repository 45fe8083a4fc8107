import { z } from "zod";

const Limits = z.strictObject({
  /** US dollars of model calls, by the price table. */
  maxCostUsd: z.number().positive().max(1_000_000).optional(),
  /** Minutes at work; time in which it waits for a person or a worker does not count. */
  maxMinutes: z.number().positive().max(100_000).optional(),
  /** Tokens of model calls, read and written; those of a model that counts none are not limited. */
  maxTokens: z.int().min(1_000).optional(),
  /** Calls of tools, by all agents. */
  maxToolCalls: z.int().min(1).max(1_000_000).optional(),
  /** Seconds that commands run in the agent's VM. */
  maxVmSeconds: z.number().positive().max(10_000_000).optional(),
});
export type Limits = z.infer<typeof Limits>;

/** The parts of a run's work, in their order. */
export const STAGES = ["plan", "research", "write", "check", "publish"] as const;
export const Stage = z.enum(STAGES);
export type Stage = z.infer<typeof Stage>;

/** What a person lets a run take, and each of its stages. Without a limit it may take what it needs. */
export const RunBudget = Limits.extend({ stages: z.partialRecord(Stage, Limits).optional() });
export type RunBudget = z.infer<typeof RunBudget>;
