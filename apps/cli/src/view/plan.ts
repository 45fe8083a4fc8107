import type { Todo } from "@vibewriter/agent/runs";
import { plain } from "../escape.js";

const MARKS = { pending: " ", in_progress: "-", completed: "x" } as const;

/** A plan as lines of Markdown: `[ ]` open, `[-]` under way, `[x]` done. */
export function planLines(todos: readonly Todo[]): string[] {
  return todos.map(({ content, status }) => `- [${MARKS[status]}] ${plain(content)}`);
}
