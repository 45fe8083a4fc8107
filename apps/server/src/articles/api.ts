import { z } from "zod";

/** What a person has done with articles by hand; each is signed with the key of the article's author, which has to be in the home. */

export const Retract = z.strictObject({ reason: z.string().max(10_000) });
/** `first`: whether this call did it. */
export const RetractAnswer = z.object({ article: z.string(), first: z.boolean() });

export const Cite = z.strictObject({
  cited: z.string().max(200),
  /** What it is cited for. */
  claim: z.string().max(10_000),
  /** Words of the cited article on which the claim rests. */
  passage: z.string().max(10_000).optional(),
  /** Who asks: what an agent of elsewhere asks for goes by the policy of the home. */
  askedBy: z.enum(["person", "agent"]).default("person"),
});
export type Cite = z.input<typeof Cite>;
/** `count`: how many articles cite it now. */
export const CiteAnswer = z.object({ citing: z.string(), cited: z.string(), first: z.boolean(), count: z.int() });
export type CiteAnswer = z.infer<typeof CiteAnswer>;
