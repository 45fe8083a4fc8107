import type { BaseMessage } from "@langchain/core/messages";
import { AIMessage, HumanMessage, SystemMessage, ToolMessage } from "@langchain/core/messages";
import { sha256 } from "../canonical.js";

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
  /** The first thing a person, or the main agent, said. */
  readonly request: string;
  readonly system: string;
  readonly #prefix: string;
  readonly #answers = new Map<string, Answer>();

  constructor(role: string, messages: readonly BaseMessage[]) {
    this.system = messages
      .filter((message) => SystemMessage.isInstance(message))
      .map((message) => message.text)
      .join("\n");
    this.request = messages.find((message) => HumanMessage.isInstance(message))?.text ?? "";
    this.#prefix = `${role}-${sha256(this.request).slice(0, 10)}`;
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

/** The model's own text of the last message, for a model that is asked something it has no tools for. */
export function lastWords(messages: readonly BaseMessage[]): string {
  const last = messages.findLast((message) => !AIMessage.isInstance(message) && !SystemMessage.isInstance(message));
  return last?.text ?? "";
}
