import { z } from "zod";

/** The JSON in the frames of a session. */

const dimension = z.int().min(1).max(65_535);
const path = z.string().min(1).max(4_096);

export const Size = z.strictObject({ rows: dimension, cols: dimension });
export type Size = z.infer<typeof Size>;

/** A program to run. */
export const Program = z.strictObject({
  type: z.literal("program"),
  argv: z
    .array(z.string().max(128 * 1024))
    .min(1)
    .max(1_000),
  cwd: z.string().startsWith("/").optional(),
  env: z.record(z.string().min(1), z.string()).optional(),
  /** The program is ended after so long; one with a terminal has no such limit. */
  timeoutMs: z.int().min(1).max(86_400_000).default(3_600_000),
  /** Present: the program gets a terminal of that size, and all its output comes as stdout. */
  terminal: Size.optional(),
});

/** A file to get: its content comes as stdout. */
export const Read = z.strictObject({ type: z.literal("read"), path });

/** A file to put, whole or not at all: its content is the input. `mode`: its permission bits. */
export const Write = z.strictObject({ type: z.literal("write"), path, mode: z.int().min(0).max(0o777) });

export const Start = z.discriminatedUnion("type", [Program, Read, Write]);
export type Start = z.input<typeof Start>;

export const Signal = z.strictObject({ signal: z.int().min(1).max(64) });

export const Started = z.object({ isolation: z.enum(["hardware", "emulated"]) });
export type Started = z.infer<typeof Started>;

/** What a program came to. */
export const Ended = z.object({
  /** 128 more than the signal if a signal ended the program. */
  exitCode: z.int(),
  signal: z.int().optional(),
  timedOut: z.boolean(),
  /** Output past the limit was discarded. */
  truncated: z.boolean(),
  durationMs: z.number(),
});
export type Ended = z.infer<typeof Ended>;

/** What the getting or putting of a file came to. */
export const Transferred = z.object({ bytes: z.int() });
export type Transferred = z.infer<typeof Transferred>;

export const Failed = z.object({ code: z.string(), message: z.string() });
