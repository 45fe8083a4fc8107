import { z } from "zod";
import { ChoirError } from "../errors.js";
import { articleIdSchema, plainLine } from "./article.js";
import { authorKeySchema } from "./signer.js";

/** An author takes an article back: it stays readable with this reason, and is found, counted and paid no more. */
export const retractionSchema = z.object({
  article: articleIdSchema,
  reason: z.string().min(1).max(2_000),
  at: z.iso.datetime(),
  authorKey: authorKeySchema,
});
export type Retraction = z.infer<typeof retractionSchema>;

/** @throws ChoirError `invalid_retraction` without a reason, or with one that is too long */
export function prepareRetraction(o: { article: string; reason: string; authorKey: string }, now: Date): Retraction {
  const parsed = retractionSchema.safeParse({ ...o, reason: plainLine(o.reason), at: now.toISOString() });
  if (parsed.success) return parsed.data;
  throw new ChoirError("invalid_retraction", "A retraction needs its reason, in 1-2000 characters.", {
    cause: parsed.error,
  });
}
