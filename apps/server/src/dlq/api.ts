import { z } from "zod";

/** What is said of dead letters between the owner process and its clients. Times are ISO 8601. */

export const DeadLetter = z.object({
  id: z.string(),
  /** A message that a projection has passed over, or a task that its queue has given up. */
  kind: z.enum(["projection", "task"]),
  /** The projection, or the consumer of the queue, that tried. */
  by: z.string(),
  stream: z.string(),
  seq: z.int(),
  subject: z.string(),
  /** The run whose task it was. */
  run: z.string().optional(),
  reason: z.string(),
  tries: z.int(),
  firstAt: z.string(),
  lastAt: z.string(),
  /** `asked`: it is to be tried again as soon as its projection runs. */
  state: z.enum(["dead", "asked"]),
});
export type DeadLetter = z.infer<typeof DeadLetter>;

export const DeadLettersAnswer = z.object({ letters: z.array(DeadLetter) });

/** `content`: the message itself as text, cut after 64 KiB; null if it is not in its stream any more. */
export const DeadLetterAnswer = z.object({ letter: DeadLetter, content: z.string().nullable() });
export type DeadLetterAnswer = z.infer<typeof DeadLetterAnswer>;

/**
 * `applied`: it is dealt with, or queued again. `failed`: it failed once more. `asked`: what has to apply it does not run
 * now, or is at it still.
 */
export const DeadLetterRetry = z.object({ id: z.string(), outcome: z.enum(["applied", "failed", "asked"]) });
export type DeadLetterRetry = z.infer<typeof DeadLetterRetry>;
