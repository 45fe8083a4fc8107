import { z } from "zod";
import { ModelNames } from "../models/roles.js";
import { RunBudget } from "../research/budget-limits.js";

/** What runs of a home have where whoever asks for them says nothing. */
export const RunDefaults = z.strictObject({
  /** Models by name; `planner` is the main agent's. */
  models: ModelNames.extend({ planner: z.string().trim().min(1).max(200).optional() }).default({}),
  /** What a research run may take, and each of its stages. */
  budget: RunBudget.default({}),
});
export type RunDefaults = z.infer<typeof RunDefaults>;

/** What was asked for, and what is usual where it says nothing. */
export function orUsual<T extends object>(asked: T, usual: T): T {
  const said = Object.entries(asked).filter(([, value]) => value !== undefined);
  return { ...usual, ...Object.fromEntries(said) };
}
