import { z } from "zod";

/** What a person lets a run take. Without a limit it may take what it needs. */
export const RunBudget = z.strictObject({
  /** US dollars of model calls, by the price table. */
  maxCostUsd: z.number().positive().max(1_000_000).optional(),
  /** Minutes at work; time in which it waits for a person or a worker does not count. */
  maxMinutes: z.number().positive().max(100_000).optional(),
});
export type RunBudget = z.infer<typeof RunBudget>;
