import type { FollowedEvent } from "@vibewriter/server";
import { clip, plain, plainLines } from "../escape.js";
import type { Terminal } from "../terminal.js";
import { toolText } from "./run-state.js";

const LONGEST_LINE = 160;

/** Shows a conversation as it comes: what the agent says on standard output, what it does as notes. */
export class ChatView {
  readonly #terminal: Terminal;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  show(event: FollowedEvent): void {
    if (event.type === "message" && event.data.task === undefined) {
      if (!this.#terminal.json) this.#terminal.print(plainLines(event.data.text).trimEnd());
      return;
    }
    const note = noteOf(event);
    if (note !== undefined) this.#terminal.note(`  ${clip(note, LONGEST_LINE)}`);
  }
}

function noteOf(event: FollowedEvent): string | undefined {
  switch (event.type) {
    case "tool.finished":
      return `${toolText(event)}${event.data.ok ? "" : " (failed)"}`;
    case "subagent.started":
      return plain(`${event.data.name} starts: ${event.data.description}`);
    case "plan":
      return plain(`plan: ${event.data.todos.map(({ content }) => content).join("; ")}`);
    case "artifact":
      return plain(`wrote ${event.data.path}`);
    case "log":
      return event.data.level === "info" ? undefined : plain(event.data.text);
    default:
      return undefined;
  }
}
