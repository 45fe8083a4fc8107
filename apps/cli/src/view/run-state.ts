import { END_TEXT, type RunEvent, type RunStatus, type Todo } from "@vibewriter/agent/runs";
import type { FollowedEvent } from "@vibewriter/server";
import { plain } from "../escape.js";
import { estimateText } from "./estimate.js";

/** Somebody at work: the main agent, or one task of a subagent. */
export interface Worker {
  readonly name: string;
  readonly doing: string;
  readonly since: number;
}

/** A researcher of the round that is, or was last, under way. */
export interface Researcher {
  readonly question: string;
  readonly since: number;
  /** Seconds that it may take; absent until it has begun. */
  readonly limitSeconds?: number;
  /** How it ended; absent while it works. */
  readonly end?: string;
}

/** What is known of a run from the events so far; all text is safe to print. Times are milliseconds since 1970. */
export interface RunState {
  readonly status: RunStatus;
  readonly todos: readonly Todo[];
  readonly workers: ReadonlyMap<string, Worker>;
  readonly researchers: ReadonlyMap<string, Researcher>;
  /** What was last worth saying. */
  readonly note: string;
  /** How long it was driven before `runningSince`. */
  readonly activeMs: number;
  readonly runningSince: number | undefined;
}

export const EMPTY: RunState = {
  status: "queued",
  todos: [],
  workers: new Map(),
  researchers: new Map(),
  note: "",
  activeMs: 0,
  runningSince: undefined,
};
const MAIN = "main";
/** Characters of what is being written that a line shows. */
const LAST_WORDS = 60;

/** How long the run has been driven at the moment `now`, the time it waited for a person or a resume left out. */
export function activeMs(state: RunState, now: number): number {
  return state.activeMs + (state.runningSince === undefined ? 0 : Math.max(0, now - state.runningSince));
}

/** The state after one more event. */
export function advance(state: RunState, event: FollowedEvent): RunState {
  const since = Date.parse(event.time);
  switch (event.type) {
    case "status":
      return withStatus(state, event.data.status, plain(event.data.message ?? ""), since);
    case "plan":
    case "plan.edited":
      // From its first plan on, the plan says where the run is; what was said before is old.
      return { ...state, note: "", todos: event.data.todos.map((todo) => ({ ...todo, content: plain(todo.content) })) };
    case "subagent.started":
      return withWorker(withQuestion(state, event, since), event.data.id, {
        name: plain(event.data.name),
        doing: plain(event.data.description),
        since,
      });
    case "subagent.finished":
      return withWorker(state, event.data.id, undefined);
    case "tool.started":
      return withWorker(state, event.data.task ?? MAIN, {
        name: plain(event.data.agent),
        doing: toolText(event),
        since,
      });
    case "writing":
      return withWorker(state, event.data.task ?? MAIN, {
        name: plain(event.data.agent),
        doing: writingText(event),
        since: state.workers.get(event.data.task ?? MAIN)?.since ?? since,
      });
    case "message":
      // What the main agent has written is over; a subagent still has its task.
      return event.data.task === undefined ? withWorker(state, MAIN, undefined) : state;
    case "budget":
      return withBudget(state, event);
    case "estimate":
      return { ...state, note: estimateText(event.data) };
    case "tool.finished":
      // Between two tools the main agent only thinks; a subagent still has its task.
      return event.data.task === undefined ? withWorker(state, MAIN, undefined) : state;
    case "log":
      return { ...state, note: plain(event.data.text) };
    default:
      return state;
  }
}

/** What an agent writes at the moment: the end of its text, or how long the call is that it makes. */
function writingText({ data }: Extract<RunEvent, { type: "writing" }>): string {
  const { tool, characters, text } = data;
  if (tool !== undefined) return plain(`writes ${tool}, ${characters.toLocaleString("en-US")} characters`);
  return plain(`… ${text.slice(-LAST_WORDS)}`);
}

/** One line for a tool's call: its name and what it is for. */
export function toolText(event: Extract<RunEvent, { type: "tool.started" | "tool.finished" }>): string {
  return plain(`${event.data.tool} ${event.data.summary}`);
}

/** A researcher begins a round, or joins the one under way; whoever else starts ends it. */
function withQuestion(
  state: RunState,
  { data }: Extract<RunEvent, { type: "subagent.started" }>,
  since: number,
): RunState {
  if (data.name !== "researcher" || data.question === undefined) return { ...state, researchers: new Map() };
  const isOver = [...state.researchers.values()].every(({ end }) => end !== undefined);
  const researchers = new Map(isOver ? [] : state.researchers);
  researchers.set(data.id, { question: plain(data.question), since });
  return { ...state, researchers };
}

function withBudget(state: RunState, { data }: Extract<RunEvent, { type: "budget" }>): RunState {
  const known = state.researchers.get(data.task);
  if (known === undefined) return state;
  const end = data.end === undefined ? undefined : END_TEXT[data.end];
  const researchers = new Map(state.researchers);
  return { ...state, researchers: researchers.set(data.task, { ...known, limitSeconds: data.limits.seconds, end }) };
}

function withStatus(state: RunState, status: RunStatus, note: string, time: number): RunState {
  if (status === "running") return { ...state, status, note, runningSince: state.runningSince ?? time };
  // A run that is not driven has nobody at work.
  return { ...state, status, note, workers: new Map(), activeMs: activeMs(state, time), runningSince: undefined };
}

function withWorker(state: RunState, id: string, worker: Worker | undefined): RunState {
  const workers = new Map(state.workers);
  if (worker) workers.set(id, worker);
  else workers.delete(id);
  return { ...state, workers };
}
