import { z } from "zod";
import { articleIdSchema, versionSchema } from "../articles/article.js";
import { authorKeySchema } from "../articles/signer.js";

/** Characters that the claim and the passage of a citation may have. */
export const LONGEST_QUOTE = 4_000;

const quote = z.string().min(1).max(LONGEST_QUOTE);

/** Words of the cited version, with their offsets in its Markdown. */
export const passageSchema = z.object({ start: z.int().nonnegative(), end: z.int().positive(), text: quote });
export type CitedPassage = z.infer<typeof passageSchema>;

/** That one article rests on another one: what for, and on which words of which version. Signed by the author of the citing one. */
export const citationSchema = z.object({
  citing: articleIdSchema,
  citingVersion: versionSchema,
  cited: articleIdSchema,
  citedVersion: versionSchema,
  /** What it is cited for: the claim or the sentence. */
  claim: quote,
  passage: passageSchema.optional(),
  authorKey: authorKeySchema,
});
export type SignedCitation = z.infer<typeof citationSchema>;

/** A citation of an earlier release: of no version, and unsigned. */
export const unsignedCitationSchema = z.object({
  citing: articleIdSchema,
  cited: articleIdSchema,
  context: quote,
});

/** As it counts: one of an earlier release has neither versions nor a key. */
export type Citation = Pick<SignedCitation, "citing" | "cited" | "claim"> & Partial<SignedCitation>;
