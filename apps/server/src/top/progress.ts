import { RunEvent, type Todo } from "@vibewriter/agent/runs";
import type { StoredEvent } from "@vibewriter/backbone";

/** How far a run is, from its events so far. */
export interface Progress {
  /** The place of the last event that is in it. */
  readonly seq: number;
  readonly todos: readonly Todo[];
  /** By the id of the call: who is at work with which tool. */
  readonly doing: ReadonlyMap<string, string>;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Null once something had no known price. */
  readonly costUsd: number | null;
}

/** Of a run that has asked no model. */
export const BEGUN: Progress = {
  ...{ seq: 0, todos: [], doing: new Map(), inputTokens: 0, outputTokens: 0, costUsd: 0 },
};

/** How far it is after one more event; one that this version does not know changes nothing. */
export function advanced(now: Progress, stored: StoredEvent): Progress {
  const next = { ...now, seq: stored.seq };
  const parsed = RunEvent.safeParse({ type: stored.type, data: stored.data });
  if (!parsed.success) return next;
  const { type, data } = parsed.data;
  switch (type) {
    case "plan":
      return { ...next, todos: data.todos };
    case "status":
      return { ...next, doing: new Map() };
    case "tool.started":
      return { ...next, doing: new Map([...now.doing, [data.id, `${data.agent}: ${data.tool}`]]) };
    case "tool.finished":
      return { ...next, doing: new Map([...now.doing].filter(([id]) => id !== data.id)) };
    case "usage": {
      const costUsd = now.costUsd === null || data.costUsd === null ? null : now.costUsd + data.costUsd;
      const inputTokens = now.inputTokens + (data.inputTokens ?? 0);
      return { ...next, inputTokens, outputTokens: now.outputTokens + (data.outputTokens ?? 0), costUsd };
    }
    default:
      return next;
  }
}

/** The step that is under way, or the next one. */
export function stepOf({ todos }: Progress): { at: number; of: number; text: string } {
  const done = todos.filter(({ status }) => status === "completed").length;
  const current =
    todos.find(({ status }) => status === "in_progress") ?? todos.find(({ status }) => status === "pending");
  const at = current === undefined ? todos.length : Math.min(todos.length, done + 1);
  return { at, of: todos.length, text: current?.content ?? "" };
}
