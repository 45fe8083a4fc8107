import { z } from "zod";
import { AgentError } from "../errors.js";
import { checkPlan } from "./plan.js";
import { AgentId, FIRST_TURN, type RunRecord, type Turn } from "./record.js";
import type { Todo } from "./todo.js";
import { RECORDED_AGENT } from "./workplace.js";

/** What a person says to a run that there is. */
export const TurnRequest = z.object({
  text: z
    .string()
    .trim()
    .min(1, "The message is empty; say something.")
    .max(8_000, "A message has at most 8,000 characters; put the rest into a file and give it as a source."),
  /** Files and folders to read besides those that the run has; absolute. */
  sources: z.array(z.string().min(1)).max(1_000).default([]),
  /** Publish once for this turn, and cite within the budget, without asking. */
  yes: z.boolean().default(false),
});
export type TurnRequest = z.input<typeof TurnRequest>;

/** What a person says in the standing chat of an agent. */
export const ChatRequest = TurnRequest.extend({
  agentId: AgentId.default("main"),
  /** The model from this turn on; by default the one that the chat has. */
  model: z.string().min(1).optional(),
  /** The folder in which the folder of the chat's reports is made, for a chat that begins. */
  out: z.string().min(1),
});
export type ChatRequest = z.input<typeof ChatRequest>;

/** Turns that a run may have before it: a person who says more is not waiting for the answer. */
const MOST_UNHEARD = 20;
/** Turns that were heard and are kept in the record; all of them are in the run's events. */
const KEPT = 5;

/** A request of a person's as it is used. Throws AgentError `invalid_request`. */
export function parseTurn<S extends z.ZodType>(schema: S, request: z.input<S>): z.output<S> {
  const parsed = schema.safeParse(request);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new AgentError("invalid_request", issue?.message ?? "The message cannot be understood.", {
    cause: parsed.error,
  });
}

/** The run that is the standing chat of an agent. */
export function chatOf(agentId: string): string {
  return `chat-${agentId}`;
}

/**
 * The record with one more turn. A run at rest is queued again; one under way, or that waits for an answer, hears it before its next model call.
 * @throws AgentError `invalid_request` for a run without an agent or of somebody else's asking, `run_busy` for one with too many turns before it
 */
export function withTurn(
  now: RunRecord,
  { sources, yes, text, at }: { text: string; yes: boolean; at: string; sources: readonly string[] },
): RunRecord {
  refusePublishRuns(now, "continued");
  refuseTakenIn(now);
  if ((sources.length > 0 || yes) && isAtWork(now)) {
    const message = `Run ${now.runId} is at work or waits for an answer; give it more sources, or --yes, when it rests.`;
    throw new AgentError("run_busy", message);
  }
  const turns = turnsOf(now);
  if (turns.filter(({ id }) => Number(id) > now.heard).length >= MOST_UNHEARD) {
    const message = `Run ${now.runId} has ${MOST_UNHEARD} messages before it that it has not read; wait for its answer.`;
    throw new AgentError("run_busy", message);
  }
  const turn: Turn = { text, at, id: String(Number(turns.at(-1)?.id ?? 0) + 1) };
  const oldest = Math.min(now.heard, Number(turn.id) - KEPT);
  const added = withSources({ ...now, turns: [...turns.filter(({ id }) => Number(id) > oldest), turn] }, sources);
  if (isAtWork(now)) return added;
  // What ended by itself is over; what was cut off goes on, and what it publishes is still for the turn that it worked for.
  const { error: _, finishedAt: __, ...rest } = hasEnded(now) ? beginWork(added, turn) : added;
  return { ...rest, status: "queued", yes: yes || (rest.yes && !hasEnded(now)) };
}

/** The record when its agent has ended: done, or queued again for the turns that came after its last look. */
export function atRest(now: RunRecord, heard: number): RunRecord {
  const [next] = turnsOf(now).filter(({ id }) => Number(id) > heard);
  if (next === undefined || (now.status !== "done" && now.status !== "failed")) return { ...now, heard };
  const { finishedAt: _, ...rest } = hasEnded(now) ? beginWork(now, next) : now;
  return { ...rest, heard, status: "queued" };
}

/** The record with another plan. Throws AgentError `invalid_request`. */
export function withPlan(now: RunRecord, todos: readonly Todo[]): RunRecord {
  refusePublishRuns(now, "given a plan");
  return { ...now, plan: { edit: (now.plan?.edit ?? 0) + 1, todos: checkPlan(todos) } };
}

/** The turns of a record, the request first: it is what a thread that begins anew begins with. */
export function turnsOf({ turns, request, createdAt }: RunRecord): readonly Turn[] {
  const first = { id: FIRST_TURN, text: request, at: createdAt };
  return turns[0]?.id === FIRST_TURN ? turns : [first, ...turns];
}

/** The record with more to read; what was read before is known by its snapshots. */
function withSources(record: RunRecord, sources: readonly string[]): RunRecord {
  const added = sources.filter((source) => !record.sources.includes(source));
  if (added.length === 0) return record;
  return { ...record, sources: [...record.sources, ...added], areSourcesRead: false };
}

/** The turns before the one under way whose work came to a report; a run of an earlier release has published for its request, or has not. */
export function reportsBefore({ reports }: RunRecord): string[] {
  return [FIRST_TURN, ...reports.filter((turn) => turn !== FIRST_TURN)];
}

function beginWork(record: RunRecord, turn: Turn): RunRecord {
  const { stopped: _, ...rest } = record;
  return { ...rest, work: turn.id, yes: false };
}

function isAtWork({ status }: RunRecord): boolean {
  return status === "queued" || status === "running" || status === "waiting";
}

/** Whether the agent itself came to an end, and everything it had begun with it. */
function hasEnded({ status, result }: RunRecord): boolean {
  return status === "done" || (status === "failed" && result !== undefined);
}

/** What a recording says that its person has asked, a stranger may have written. A repetition of it has no effects, and can be talked to. */
function refuseTakenIn({ agentId, replays, kind, runId }: RunRecord): void {
  if (agentId !== RECORDED_AGENT || replays !== undefined || kind !== "research") return;
  const message = `Run ${runId} is a recording, in whose request are somebody else's words; repeat it with \`vibewriter replay ${runId}\`, and say it to the repetition.`;
  throw new AgentError("invalid_request", message);
}

function refusePublishRuns({ kind, runId }: RunRecord, what: string): void {
  if (kind !== "publish") return;
  const message = `Run ${runId} publishes a draft of yours and has no agent, so it cannot be ${what}; start a research run or a chat.`;
  throw new AgentError("invalid_request", message);
}
