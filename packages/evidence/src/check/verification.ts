import { z } from "zod";
import { Method } from "./method.js";

/** How far a source bears out a sentence. */
export const Verdict = z.enum(["supported", "partial", "contradicted", "not_found", "unreachable"]);
export type Verdict = z.infer<typeof Verdict>;

/** One deterministic check of one sentence against one source; `detail` is a sentence for a person. */
export const Check = z.object({
  id: z.string(),
  kind: z.enum(["source", "quote", "number", "date", "name", "negation", "overlap"]),
  passed: z.boolean(),
  detail: z.string(),
});
export type Check = z.infer<typeof Check>;

/** A place in a source's text (UTF-16 code units, end exclusive) and what stands there, letter by letter. */
export const EvidenceSpan = z.object({
  id: z.string(),
  start: z.number().int(),
  end: z.number().int(),
  quote: z.string(),
});
export type EvidenceSpan = z.infer<typeof EvidenceSpan>;

/** Where something stands in the draft, in UTF-16 code units, end exclusive. */
const Place = z.object({ start: z.number().int(), end: z.number().int() });

/** A sentence that cites, with one verdict for each source; `verdict` is the worst of them. */
export const CheckedSentence = z.object({
  text: z.string(),
  span: Place,
  ids: z.array(z.string()),
  verdict: Verdict,
  method: Method,
  citations: z.array(z.object({ id: z.string(), verdict: Verdict })),
  /** What it states, one statement each, standing alone; each with the sources that its part of the sentence cites. */
  claims: z.array(z.object({ text: z.string(), ids: z.array(z.string()) })).default([]),
  spans: z.array(EvidenceSpan),
  checks: z.array(Check),
});
export type CheckedSentence = z.infer<typeof CheckedSentence>;

/** Something about the draft as a whole that its writer should know. */
export const Problem = z.object({
  code: z.enum([
    "no_citations",
    "unknown_source",
    "malformed_citation",
    "check_failed",
    "model_failed",
    "other_language",
  ]),
  message: z.string(),
});
export type Problem = z.infer<typeof Problem>;

/** The report of a citation check. It holds for one draft, the one with this hash. */
export const Verification = z.object({
  draftSha256: z.string().regex(/^[0-9a-f]{64}$/),
  method: Method,
  /** `total` counts pairs of sentence and source, repeated ones once; `rate` is supported / total, and 0 where there are none. */
  citations: z.object({ total: z.number().int(), supported: z.number().int(), rate: z.number() }),
  sentences: z.array(CheckedSentence),
  /** Sentences that state something and cite nothing, each time they stand there. */
  uncited: z.array(z.object({ text: z.string(), span: Place })).default([]),
  /** `worth` counts sentences that state something, repeated ones once; `share` is cited / worth, and 1 where there are none. */
  coverage: z
    .object({ worth: z.number().int(), cited: z.number().int(), share: z.number() })
    .default({ worth: 0, cited: 0, share: 0 }),
  /** 0 to 1: of the citations that could be judged, those supported; of the sentences that state something, those supported; the share
   * of citations whose source could not be read. */
  measures: z
    .object({ precision: z.number(), recall: z.number(), unreachable: z.number() })
    .default({ precision: 0, recall: 0, unreachable: 0 }),
  problems: z.array(Problem),
});
export type Verification = z.infer<typeof Verification>;
