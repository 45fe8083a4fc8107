import { z } from "zod";

/** What became of the index when it was made again from its stream. */
export const Rebuilt = z.object({
  /** SHA-256 over everything that the stream says; equal before and after, unless somebody has changed the file. */
  hash: z.string(),
  isSame: z.boolean(),
  /** How long it took, in milliseconds. */
  ms: z.int(),
});
export type Rebuilt = z.infer<typeof Rebuilt>;
