import { z } from "zod";
import { Grant } from "../approvals/grant.js";

/** A server that programs of a run may reach, and what that rests on. */
export const OpenHost = z.object({
  host: z.string(),
  port: z.int().min(1).max(65_535),
  /** The wish of the person under which it was allowed. */
  scope: z.string(),
  /** `person`: by a signed grant, without which this says nothing; `policy`: the home's, as long as it says so. */
  by: z.enum(["person", "policy"]),
  /** With `policy`: that a home's policy has let it be opened once, signed by that home. */
  grant: Grant.optional(),
});
export type OpenHost = z.infer<typeof OpenHost>;
