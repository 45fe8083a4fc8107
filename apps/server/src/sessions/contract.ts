import { z } from "zod";

/** The JSON in the frames of a session. */

export const Start = z.strictObject({
  argv: z
    .array(z.string().max(128 * 1024))
    .min(1)
    .max(1_000),
  cwd: z.string().startsWith("/").optional(),
  env: z.record(z.string().min(1), z.string()).optional(),
  /** The command is ended after so long. */
  timeoutMs: z.int().min(1).max(86_400_000).default(3_600_000),
});
export type Start = z.input<typeof Start>;

export const Started = z.object({ isolation: z.enum(["hardware", "emulated"]) });
export type Started = z.infer<typeof Started>;

export const Done = z.object({
  /** 128 more than the signal if a signal ended the program. */
  exitCode: z.int(),
  signal: z.int().optional(),
  timedOut: z.boolean(),
  /** Output past the limit was discarded. */
  truncated: z.boolean(),
  durationMs: z.number(),
});
export type Done = z.infer<typeof Done>;

export const Failed = z.object({ code: z.string(), message: z.string() });
