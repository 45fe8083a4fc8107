import { z } from "zod";
import { hashOf } from "../canonical.js";
import { ApprovalQuestion, JsonObject } from "../runs/record.js";
import { Grant } from "./grant.js";

/** A question, and what became of it, under `<run>.<arguments' hash>`. */
export const Approval = z.object({
  runId: z.string(),
  tool: z.string(),
  argsHash: z.string(),
  /** The wish of the person that it is for; absent in records of earlier releases. */
  scope: z.string().optional(),
  /** Absent for a grant that was given before anything was asked, or over arguments that a person has changed. */
  question: ApprovalQuestion.optional(),
  /** `edited`: something else is allowed in its place, by a grant of its own. */
  state: z.enum(["pending", "granted", "edited", "rejected"]),
  grant: Grant.optional(),
  /** With `edited`: with what the tool is to be called instead. */
  edited: JsonObject.optional(),
  by: z.string().optional(),
  message: z.string().optional(),
  createdAt: z.string(),
  decidedAt: z.string().optional(),
});
export type Approval = z.infer<typeof Approval>;

/** What a grant was used for, under its nonce; written once. */
export const GrantUse = z.object({ effectKey: z.string(), usedAt: z.string() });
export type GrantUse = z.infer<typeof GrantUse>;

/** An effect that needs a person's word. */
export interface GuardedEffect {
  readonly runId: string;
  /** The wish of the person that it is for: a use that was allowed beforehand, by `--yes`, is for one. */
  readonly scope: string;
  readonly tool: string;
  /** See {@link argsHashOf}. */
  readonly argsHash: string;
  /** Names the effect itself: the same key is the same effect, so finishing it after a crash needs no second grant. */
  readonly effectKey: string;
}

/** What the tool may do; `question` is the one that a person was shown about it. */
export type Permission = { readonly question?: string | undefined } & Verdict;

type Verdict =
  | { readonly state: "granted" }
  | { readonly state: "edited"; readonly args: JsonObject }
  | { readonly state: "rejected"; readonly message: string }
  | { readonly state: "refused"; readonly code: "invalid_grant" | "expired" | "used"; readonly message: string }
  | { readonly state: "unanswered" };

/** SHA-256 over a tool, what exactly it is called with, what that names, and the wish of the person that it is for. */
export function argsHashOf(o: { tool: string; args: JsonObject; names: JsonObject; scope: string }): string {
  const { tool, args, names, scope } = o;
  return hashOf({ tool, args, names, scope });
}

/** The id of a question about arguments with this hash: 128 bits of it, so that nobody makes two calls with one id. */
export function questionId(argsHash: string): string {
  return argsHash.slice(0, 32);
}
