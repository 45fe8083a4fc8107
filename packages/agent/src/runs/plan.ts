import { AgentError } from "../errors.js";
import { Todo } from "./todo.js";

const MOST_STEPS = 50;
const LONGEST_STEP = 500;
const BOX = /^\s*(?:[-*+]|\d+[.)])\s+\[([ xX~-])\]\s+(.+?)\s*$/;

/**
 * Reads a plan that a person wrote: JSON (a list of `{content, status}` or of words, or `{todos}`), or Markdown checkboxes, `[ ]` open, `[-]` under way,
 * `[x]` done. Other lines of Markdown are left out.
 * @throws AgentError `invalid_request` that says what is wrong
 */
export function parsePlan(text: string): Todo[] {
  const trimmed = text.trim();
  const todos = /^[[{]/.test(trimmed) && !/^\[[ xX~-]\]/.test(trimmed) ? fromJson(trimmed) : fromMarkdown(trimmed);
  return checkPlan(todos);
}

/** A plan within its limits. Throws AgentError `invalid_request`. */
export function checkPlan(todos: readonly Todo[]): Todo[] {
  if (todos.length > MOST_STEPS) throw invalid(`A plan has at most ${MOST_STEPS} steps; this one has ${todos.length}.`);
  const steps = todos.map(({ content, status }) => ({ content: content.replace(/\s+/g, " ").trim(), status }));
  const wrong = steps.findIndex(({ content }) => content === "" || content.length > LONGEST_STEP);
  if (wrong >= 0) throw invalid(`Step ${wrong + 1} of the plan is empty or longer than ${LONGEST_STEP} characters.`);
  return steps;
}

function fromMarkdown(text: string): Todo[] {
  const todos = text.split("\n").flatMap((line): Todo[] => {
    const [, mark, content] = BOX.exec(line) ?? [];
    if (mark === undefined || content === undefined) return [];
    return [{ content, status: mark === " " ? "pending" : /x/i.test(mark) ? "completed" : "in_progress" }];
  });
  if (todos.length === 0 && text !== "")
    throw invalid('The plan has no step; write each as a line such as "- [ ] Read the sources".');
  return todos;
}

function fromJson(text: string): Todo[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw invalid("The plan is not JSON; write a list of {content, status}, or lines with checkboxes.", cause);
  }
  const list = typeof value === "object" && value !== null && "todos" in value ? value.todos : value;
  const steps = Array.isArray(list)
    ? list.map((step: unknown) => (typeof step === "string" ? { content: step, status: "pending" } : step))
    : list;
  const parsed = Todo.array().safeParse(steps);
  if (parsed.success) return parsed.data;
  const where = parsed.error.issues[0]?.path.join(".");
  throw invalid(
    `The plan's ${where || "list"} is wrong; each step is {content, status: pending, in_progress or completed}.`,
  );
}

function invalid(message: string, cause?: unknown): AgentError {
  return new AgentError("invalid_request", message, { cause });
}
