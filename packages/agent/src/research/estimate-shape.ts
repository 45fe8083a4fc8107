import { z } from "zod";

const Range = z.tuple([z.number().nonnegative(), z.number().nonnegative()]);

/** What a run is likely to take, from and to. */
export const Estimate = z.object({
  model: z.string(),
  questions: Range,
  modelCalls: Range,
  /** US dollars; null: the price of the model is not known. */
  costUsd: Range.nullable(),
  seconds: Range,
  /** How many earlier runs of this model it is taken from; 0: it is taken from what runs take usually. */
  basedOn: z.int().nonnegative(),
});
export type Estimate = z.infer<typeof Estimate>;
