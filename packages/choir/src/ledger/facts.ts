import { z } from "zod";
import { articleIdSchema } from "../articles/article.js";
import { authorKeySchema } from "../articles/signer.js";

/** `seq` is the position in the stream of effects, `at` when the stream stored it: the author's own clock decides nothing. */
const common = { seq: z.int().min(1), at: z.iso.datetime() };

const publishedSchema = z.strictObject({
  type: z.literal("published"),
  ...common,
  article: articleIdSchema,
  version: z.string().regex(/^[0-9a-f]{64}$/),
  author: authorKeySchema,
  /** As the knowledge base measured it then; another embedder later changes nothing that was posted. */
  novelty: z.strictObject({
    score: z.number().min(0).max(100),
    mode: z.enum(["lexical", "semantic"]),
    model: z.string(),
    formula: z.string(),
  }),
});

const citedSchema = z.strictObject({
  type: z.literal("cited"),
  ...common,
  citing: articleIdSchema,
  cited: articleIdSchema,
});

const retractedSchema = z.strictObject({ type: z.literal("retracted"), ...common, article: articleIdSchema });

/** What the knowledge base accepted of the stream, as far as it concerns the ledger: signed articles alone do. */
export const factSchema = z.discriminatedUnion("type", [publishedSchema, citedSchema, retractedSchema]);
export type Fact = z.output<typeof factSchema>;
export type Published = z.output<typeof publishedSchema>;
export type Cited = z.output<typeof citedSchema>;
export type Retracted = z.output<typeof retractedSchema>;
