import { z } from "zod";

/** What is said of embedders between the owner process and its clients. */

export const EmbedderStatus = z.object({
  /** Whose vectors the index has that answers. */
  model: z.string(),
  dimensions: z.int(),
  mode: z.enum(["lexical", "semantic"]),
  /** What embedding everything would send: passages of all versions, and tokens at four characters each. */
  load: z.object({ texts: z.int(), characters: z.int(), tokens: z.int() }),
  /** The index that is being made beside it; positions in the stream. */
  making: z.object({ embedder: z.string(), done: z.int(), of: z.int() }).nullable(),
  /** Why the embedder that is wanted is not used. */
  problem: z.string().nullable(),
});
export type EmbedderStatus = z.infer<typeof EmbedderStatus>;

export const ReembedRequest = z.strictObject({ embedder: z.string().trim().min(1).max(4_096).optional() });

export const Reembedded = z.object({ model: z.string(), dimensions: z.int(), isNew: z.boolean() });
export type Reembedded = z.infer<typeof Reembedded>;

export const ReembedProgress = z.object({ done: z.int(), of: z.int() });
export type ReembedProgress = z.infer<typeof ReembedProgress>;
