import type { RunEvents } from "@vibewriter/backbone";
import type { RecordedClaim } from "@vibewriter/evidence";
import { RunEvent } from "../runs/event.js";
import { eventPrefix, type RunRecord } from "../runs/record.js";
import { recorderOf } from "./recorder.js";

/** What a run's researchers were sent to find out. */
export interface Asked {
  /** Of researchers, by the names of their tasks. */
  readonly questions: readonly { readonly task: string; readonly text: string }[];
  readonly hypotheses: { id: string; text: string }[];
}

/** What the researchers of a run's present attempt were asked: it stands in the run's events, also where nobody has answered it. */
export async function askedIn(
  events: Pick<RunEvents, "read">,
  record: Pick<RunRecord, "runId" | "attempt">,
): Promise<Asked> {
  const prefix = eventPrefix(record);
  const questions = new Map<string, string>();
  const hypotheses = new Map<string, { id: string; text: string }>();
  for await (const { id, type, data } of events.read(record.runId)) {
    if (prefix === "" ? /^a\d+\./.test(id) : !id.startsWith(prefix)) continue;
    const event = RunEvent.safeParse({ type, data }).data;
    if (event?.type !== "subagent.started" || event.data.name !== "researcher") continue;
    if (event.data.question !== undefined) questions.set(event.data.id, event.data.question);
    for (const one of event.data.hypotheses ?? []) hypotheses.set(one.id, one);
  }
  return {
    questions: [...questions].map(([task, text]) => ({ task, text })),
    hypotheses: [...hypotheses.values()],
  };
}

/** The questions on which nobody has recorded a claim: whoever was sent for them, or in whose words it is. */
export function unanswered(
  { questions }: Asked,
  claims: readonly Pick<RecordedClaim, "by" | "question" | "also">[],
): string[] {
  const recorders = new Set(claims.map(({ by }) => by));
  const answered = new Set(
    claims.flatMap(({ question, also = [] }) => [question, ...also.map((one) => one.question)].map(plain)),
  );
  return questions.flatMap(({ task, text }) =>
    recorders.has(recorderOf(task)) || answered.has(plain(text)) ? [] : [text],
  );
}

/** Questions are told apart by their words, not by how those are written. */
function plain(question = ""): string {
  return question
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
}
