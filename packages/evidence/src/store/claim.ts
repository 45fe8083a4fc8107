import { z } from "zod";

const SourceId = z.string().regex(/^S[1-9]\d*$/);

/** Something that a source says, to be kept with the words that say it. */
export const NewClaim = z.strictObject({
  /** One statement that stands alone: no "it", no "the protocol". */
  text: z.string().trim().min(1).max(1_000),
  /** The question of the plan that it answers. */
  question: z.string().trim().min(1).max(500).optional(),
  /** The hypothesis on which it bears, and how. */
  hypothesis: z.strictObject({ id: z.string().min(1).max(64), stance: z.enum(["for", "against"]) }).optional(),
  /** Who found it: the agent or subagent. */
  by: z.string().min(1).max(64),
  /** The words of the sources on which it rests. */
  support: z
    .array(z.strictObject({ source: SourceId, quote: z.string().trim().min(1).max(2_000) }))
    .min(1)
    .max(8),
});
export type NewClaim = z.infer<typeof NewClaim>;

/** What a claim is good for beside what it was first recorded for. */
const Bearing = z.object({
  question: z.string().optional(),
  hypothesis: z.object({ id: z.string(), stance: z.enum(["for", "against"]) }).optional(),
});
export type Bearing = z.infer<typeof Bearing>;

const Place = z.object({ source: SourceId, start: z.number().int(), end: z.number().int() });

/** A claim as it is stored: places only, since the words stand in the source's stored text and nowhere else. */
export const KeptClaim = z.object({
  /** `C1`, `C2`, …: in the order in which claims were kept in the run, never reused. */
  id: z.string().regex(/^C[1-9]\d*$/),
  text: z.string(),
  question: z.string().optional(),
  hypothesis: z.object({ id: z.string(), stance: z.enum(["for", "against"]) }).optional(),
  by: z.string(),
  /** The same claim, recorded again for other questions or hypotheses. */
  also: z.array(Bearing).optional(),
  support: z.array(Place),
});
export type KeptClaim = z.infer<typeof KeptClaim>;

/** The claims of one run; and the key of the run that it repeats, if it does. */
export const ClaimIndex = z.object({ claims: z.array(KeptClaim), like: z.string().optional() });
export type ClaimIndex = z.infer<typeof ClaimIndex>;

/** A claim with the words that bear it out, letter by letter as the source's text has them at `start` to `end` (UTF-16 code units). */
export interface RecordedClaim extends Omit<KeptClaim, "support"> {
  support: { source: string; start: number; end: number; quote: string }[];
}
