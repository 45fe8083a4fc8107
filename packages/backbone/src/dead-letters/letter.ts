import { createHash } from "node:crypto";
import { z } from "zod";

const base64 = z.string();

/** A message that could not be dealt with, and why. */
export const deadLetterSchema = z.object({
  /** Twelve hexadecimal digits, derived from what died where: the same message dies once. */
  id: z.string(),
  /** `projection`: it stays in its stream, and a projection has passed over it. `task`: a queue has given it up. */
  kind: z.enum(["projection", "task"]),
  /** The projection, or the consumer of the queue, that tried. */
  by: z.string(),
  /** Where the message was, and under which subject. */
  stream: z.string(),
  seq: z.int(),
  subject: z.string(),
  /** The run whose task it was. */
  run: z.string().optional(),
  reason: z.string(),
  tries: z.int(),
  /** Of the first and the last try, ISO 8601. */
  firstAt: z.string(),
  lastAt: z.string(),
  /** `asked`: somebody wants it tried again. `dropped`: nobody ever will. */
  state: z.enum(["dead", "asked", "dropped"]),
  /** A task, which its queue does not have any more. */
  message: z.object({ data: base64, headers: z.record(z.string(), z.string()) }).optional(),
});
export type DeadLetter = z.infer<typeof deadLetterSchema>;

/** What is known of a message when it dies. */
export type Died = Omit<DeadLetter, "id" | "state" | "run">;

const LONGEST_REASON = 2_000;

/** The letter of a message that has died. */
export function letterOf(died: Died): DeadLetter {
  const { kind, by, stream, seq, subject } = died;
  const name = JSON.stringify([kind, by, stream, seq, subject]);
  const id = createHash("sha256").update(name).digest("hex").slice(0, 12);
  return { ...died, id, run: runOf(subject), state: "dead", reason: died.reason.slice(0, LONGEST_REASON) };
}

/** Where a letter stands in the stream of dead letters: one message each, the last one counts. */
export function subjectOf(letter: Pick<DeadLetter, "kind" | "by" | "id">): string {
  return `vibewriter.dlq.${letter.kind}.${letter.by}.${letter.id}`;
}

/** A run's task ends with the run: `vibewriter.tasks.pool.<class>.<run>`, `vibewriter.tasks.host.<host>.<run>`. */
function runOf(subject: string): string | undefined {
  return /^vibewriter\.tasks\.(?:pool|host)\.[^.]+\.([^.]+)$/.exec(subject)?.[1];
}
