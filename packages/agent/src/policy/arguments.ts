import { z } from "zod";
import { asJson } from "../canonical.js";
import { ArticleDetails, JsonObject } from "../runs/record.js";

// What the tools are called with that a person may change before they run. The models see the same, but for what only a person gives.

/** A tool's name is part of what a person approves. */
export const PUBLISH_TOOL = "publish_to_choir";
export const CITE_TOOL = "cite_article";
export const REACH_TOOL = "reach_host";

export const PublishArguments = z.object({
  filepath: z.string().min(1).max(4_096).describe("Absolute path of the draft in the VM"),
});
export const EditedPublication = PublishArguments.extend({ details: ArticleDetails.strict().optional() }).strict();
export type PublishArguments = z.infer<typeof EditedPublication>;

export const CiteArguments = z.object({
  article_id: z.string().trim().min(1).max(100).describe("The article's id"),
  context: z.string().trim().min(1).max(4_000).describe("What it is cited for, in a sentence"),
  passage: z
    .string()
    .trim()
    .min(1)
    .max(4_000)
    .optional()
    .describe("Words of the cited article on which that rests, exactly as it has them"),
});
export const EditedCitation = CiteArguments.strict();
export type CiteArguments = z.infer<typeof CiteArguments>;

export const ReachArguments = z.object({
  host: z.string().trim().min(1).max(300).describe("Its name, such as pypi.org; no address, no *"),
  port: z.int().min(1).max(65_535).default(443),
  why: z.string().trim().min(1).max(2_000).describe("What for, in a few words that the person reads"),
});
export type ReachArguments = z.infer<typeof ReachArguments>;

/** By tool; a question about any other one can be approved and rejected only. */
export const EDITABLE: Readonly<Record<string, z.ZodType>> = {
  [PUBLISH_TOOL]: EditedPublication,
  [CITE_TOOL]: EditedCitation,
};

/** Arguments as JSON has them: what is not set is not there. */
export function jsonOf(args: object): JsonObject {
  return JsonObject.parse(asJson(args));
}
