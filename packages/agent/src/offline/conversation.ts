import type { BaseMessage } from "@langchain/core/messages";
import { AIMessage, HumanMessage, SystemMessage, ToolMessage } from "@langchain/core/messages";
import { sha256 } from "../canonical.js";
import { Todo } from "../runs/todo.js";
import { planIn } from "./plans.js";

/** A tool call that the model makes. */
export interface Call {
  readonly id: string;
  readonly name: string;
  readonly args: Record<string, unknown>;
}

/** What the model says next: words, and calls if it is not done. */
export interface Turn {
  readonly text: string;
  readonly calls: readonly Call[];
}

/** What a tool answered. */
export interface Answer {
  readonly text: string;
  readonly ok: boolean;
}

/** The messages so far, as the offline model looks at them. Its steps are named, so that the same step has the same call id again. */
export class Conversation {
  /** What is worked for: the first thing that a person, or the main agent, said since the last answer, and what was said while it was worked for. */
  readonly request: string;
  readonly system: string;
  /** What a person, or the main agent, said, the latest last; without what was summarized. */
  readonly said: readonly string[];
  /** The last summary of what was said before; empty without one. */
  readonly summary: string;
  /** What was found in the agent's memory that bears on the request; empty for nothing. */
  readonly recalled: string;
  /** The plan as it stands; undefined without one. */
  readonly plan: readonly Todo[] | undefined;
  /** The plan as the person has last edited it; undefined if they have not. */
  readonly planOfPerson: readonly Todo[] | undefined;
  readonly #prefix: string;
  readonly #answers = new Map<string, Answer>();

  constructor(role: string, messages: readonly BaseMessage[]) {
    this.system = messages
      .filter((message) => SystemMessage.isInstance(message))
      .map((message) => message.text)
      .join("\n");
    const turns = messages.filter((message) => HumanMessage.isInstance(message) && sourceOf(message) === undefined);
    this.said = turns.map((message) => message.text);
    this.summary = messages.findLast((message) => sourceOf(message) === "summarization")?.text ?? "";
    this.recalled = messages.findLast((message) => sourceOf(message) === "memory")?.text ?? "";
    const working = sinceLastAnswer(messages);
    this.request = working.map((message) => message.text).join("\n");
    this.plan = lastPlan(messages);
    this.planOfPerson = planIn(messages.findLast((message) => sourceOf(message) === "plan")?.text ?? "");
    this.#prefix = prefixOf(role, working[0]) ?? prefixOfLastCall(messages) ?? role;
    for (const message of messages) {
      if (ToolMessage.isInstance(message)) {
        this.#answers.set(message.tool_call_id, { text: message.text, ok: message.status !== "error" });
      }
    }
  }

  /** The folder to work in, as the instructions name it. */
  get folder(): string {
    return (
      /\/workspace\/[A-Za-z0-9._-]+/.exec(`${this.system}\n${this.request}`)?.[0].replace(/\.+$/, "") ?? "/workspace"
    );
  }

  call(step: string, name: string, args: Record<string, unknown>): Call {
    return { id: `${this.#prefix}.${step}`, name, args };
  }

  answer(step: string): Answer | undefined {
    return this.#answers.get(`${this.#prefix}.${step}`);
  }

  /** The answers of the steps whose names begin so, in the order of the calls. */
  answers(stepPrefix: string): Answer[] {
    const start = `${this.#prefix}.${stepPrefix}`;
    return [...this.#answers].filter(([id]) => id.startsWith(start)).map(([, answer]) => answer);
  }
}

/** What a message that no person wrote was written by: `summarization`, `plan`, `memory`. */
function sourceOf(message: BaseMessage): string | undefined {
  const source: unknown = message.additional_kwargs.lc_source;
  return HumanMessage.isInstance(message) && typeof source === "string" ? source : undefined;
}

/** What was said since the last message of the model that ended its work, or what it ended with if nothing was. */
function sinceLastAnswer(messages: readonly BaseMessage[]): BaseMessage[] {
  let working: BaseMessage[] = [];
  let isOver = false;
  for (const message of messages) {
    if (AIMessage.isInstance(message)) isOver = (message.tool_calls ?? []).length === 0;
    if (!HumanMessage.isInstance(message) || sourceOf(message) !== undefined) continue;
    working = isOver ? [message] : [...working, message];
    isOver = false;
  }
  return working;
}

/** The same words said again are another wish; a request, and a task, are known by their words alone. */
function prefixOf(role: string, first: BaseMessage | undefined): string | undefined {
  if (first === undefined) return undefined;
  const turn = /^turn\.(\d+)$/.exec(first.id ?? "")?.[1];
  const name = turn === undefined || turn === "1" ? first.text : `${turn}\n${first.text}`;
  return `${role}-${sha256(name).slice(0, 10)}`;
}

/** Where what was asked was summarized away in the middle of the work, its calls still bear its name. */
function prefixOfLastCall(messages: readonly BaseMessage[]): string | undefined {
  const last = messages.findLast((message) => ToolMessage.isInstance(message));
  return /^[a-z]+-[0-9a-f]{10}(?=\.)/.exec(last?.tool_call_id ?? "")?.[0];
}

function lastPlan(messages: readonly BaseMessage[]): readonly Todo[] | undefined {
  for (const message of [...messages].reverse()) {
    const calls = AIMessage.isInstance(message) ? (message.tool_calls ?? []) : [];
    const written = Todo.array().safeParse(calls.findLast(({ name }) => name === "write_todos")?.args.todos);
    if (written.success) return written.data;
    const plan = sourceOf(message) === undefined ? undefined : planIn(message.text);
    if (plan !== undefined) return plan;
  }
  return undefined;
}

/** The model's own text of the last message, for a model that is asked something it has no tools for. */
export function lastWords(messages: readonly BaseMessage[]): string {
  const last = messages.findLast((message) => !AIMessage.isInstance(message) && !SystemMessage.isInstance(message));
  return last?.text ?? "";
}
