import { END_TEXT } from "@vibewriter/agent/runs";
import type { FollowedEvent } from "@vibewriter/server";
import { clip, plain } from "../escape.js";
import type { Terminal } from "../terminal.js";
import { estimateText } from "./estimate.js";
import { clock } from "./format.js";
import { activeMs, advance, EMPTY, type RunState, toolText } from "./run-state.js";
import type { RunView } from "./run-view.js";

const LONGEST_LINE = 200;

/** One line for each thing that happened, with the run's time in front: for logs and for pipes. */
export class LineView implements RunView {
  readonly #terminal: Terminal;
  #state: RunState = EMPTY;
  #step = "";

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  show(event: FollowedEvent): void {
    this.#state = advance(this.#state, event);
    const text = this.#textOf(event);
    if (!text) return;
    this.#terminal.note(`[${clock(activeMs(this.#state, Date.parse(event.time)))}] ${clip(text, LONGEST_LINE)}`);
  }

  pause(): void {
    // Lines need no room of their own.
  }

  resume(): void {
    // Nothing was paused.
  }

  [Symbol.dispose](): void {
    // Nothing is held.
  }

  #textOf(event: FollowedEvent): string | undefined {
    switch (event.type) {
      case "status":
        return plain(`${event.data.status}${event.data.message ? `: ${event.data.message}` : ""}`);
      case "plan":
        return this.#planText(event);
      case "turn.added":
        return plain(`said: ${event.data.text}`);
      case "subagent.started":
        return plain(`${event.data.name} starts: ${event.data.question ?? event.data.description}`);
      case "subagent.finished":
        return plain(
          `${event.data.name} ${event.data.ok ? "is done" : "failed"} after ${clock(event.data.ms)}: ${event.data.summary}`,
        );
      case "tool.finished":
        return `${plain(event.data.agent)}: ${toolText(event)}${event.data.ok ? "" : " (failed)"}`;
      case "approval.requested":
        return plain(event.data.question);
      case "estimate":
        return estimateText(event.data);
      case "question.asked":
        return plain(event.data.question);
      case "question.answered":
        return plain(`answered: ${event.data.text ?? event.data.assumption}`);
      case "budget":
        return budgetText(event);
      case "artifact":
        return plain(`wrote ${event.data.path}`);
      case "log":
        return plain(event.data.text);
      default:
        return undefined;
    }
  }

  /** The step that is being done, when it has changed. */
  #planText(event: Extract<FollowedEvent, { type: "plan" }>): string | undefined {
    const { todos } = event.data;
    const at = todos.findIndex((todo) => todo.status === "in_progress");
    const step = todos[at];
    if (!step || step.content === this.#step) return undefined;
    this.#step = step.content;
    return plain(`step ${at + 1} of ${todos.length}: ${step.content}`);
  }
}

/** How a researcher came to its end, where it was not by itself. */
function budgetText({ data }: Extract<FollowedEvent, { type: "budget" }>): string | undefined {
  if (data.end === undefined || data.end === "answered") return undefined;
  const { modelCalls, toolCalls, seconds } = data.used;
  return `${plain(data.agent)} ended: ${END_TEXT[data.end]} (${modelCalls} model calls, ${toolCalls} tool calls, ${Math.round(seconds)} s)`;
}
