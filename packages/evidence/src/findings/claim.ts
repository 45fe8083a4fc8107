import { z } from "zod";

/** Something that sources say, as a researcher has recorded it. */
export const FindingClaim = z.object({
  id: z.string(),
  text: z.string().min(1),
  /** The question that it answers, in the words in which it was asked. */
  question: z.string().optional(),
  /** The hypothesis that it speaks for or against. */
  hypothesis: z.object({ id: z.string(), stance: z.enum(["for", "against"]) }).optional(),
  /** What else it answers, and bears on: the same claim, recorded again. */
  also: z
    .array(
      z.object({
        question: z.string().optional(),
        hypothesis: z.object({ id: z.string(), stance: z.enum(["for", "against"]) }).optional(),
      }),
    )
    .optional(),
  /** Who recorded it. */
  by: z.string().default(""),
  /** Where it stands, word for word. */
  support: z.array(z.object({ source: z.string(), quote: z.string() })).min(1),
});
export type FindingClaim = z.output<typeof FindingClaim>;

/** All questions that a claim answers, the first one first. */
export function questionsOf({ question, also = [] }: FindingClaim): string[] {
  return [question, ...also.map((more) => more.question)].filter((one) => one !== undefined);
}

/** How a claim bears on hypotheses. */
export function bearingsOf({ hypothesis, also = [] }: FindingClaim): { id: string; stance: "for" | "against" }[] {
  return [hypothesis, ...also.map((more) => more.hypothesis)].filter((one) => one !== undefined);
}

/** What a source is, as far as its weight goes; `given`: a file that the person who asked has chosen. */
export const SourceKind = z.enum([
  "primary",
  "peer_reviewed",
  "official",
  "preprint",
  "reference",
  "given",
  "news",
  "blog",
  "unknown",
]);
export type SourceKind = z.infer<typeof SourceKind>;

/** A source of claims. */
export const FindingSource = z.object({
  id: z.string(),
  title: z.string(),
  uri: z.string(),
  /** Where a page came from after redirects, if that is another address. */
  finalUri: z.string().optional(),
  author: z.string().optional(),
  /** As the source gives it. */
  date: z.string().optional(),
  /** Said by somebody who has looked; by default it is taken from the address. */
  kind: SourceKind.optional(),
});
export type FindingSource = z.infer<typeof FindingSource>;

/** What may be so; claims speak for and against it. */
export const Hypothesis = z.object({ id: z.string(), text: z.string() });
export type Hypothesis = z.infer<typeof Hypothesis>;
