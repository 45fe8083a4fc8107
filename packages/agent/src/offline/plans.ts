import type { Todo } from "../runs/todo.js";

const STEP = /^- \[([ x-])\] (.+)$/;
const STATUS: Readonly<Record<string, Todo["status"]>> = { " ": "pending", "-": "in_progress", x: "completed" };

/** The plan in a message that tells of one; undefined if it tells of none. */
export function planIn(text: string): Todo[] | undefined {
  const block = /<(plan|plan-edited)>([\s\S]*?)<\/\1>/.exec(text)?.[2];
  if (block === undefined) return undefined;
  return block.split("\n").flatMap((line) => {
    const [, mark = "", content] = STEP.exec(line) ?? [];
    const status = STATUS[mark];
    return content === undefined || status === undefined ? [] : [{ content, status }];
  });
}
