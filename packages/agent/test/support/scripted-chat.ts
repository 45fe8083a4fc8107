import { BaseChatModel } from "@langchain/core/language_models/chat_models";
import { AIMessage, type BaseMessage, HumanMessage } from "@langchain/core/messages";
import type { ChatResult } from "@langchain/core/outputs";

/** A tool call as a model asks for it. */
export interface Call {
  readonly name: string;
  readonly args: Record<string, unknown>;
}

/** What an agent does in its turn, by its first message from a person or another agent; text ends its work. */
export type Script = (first: string, turn: number) => readonly Call[] | string;

/** A chat model in this process that says what a script says. */
export class ScriptedChat extends BaseChatModel {
  readonly #script: Script;

  constructor(script: Script) {
    super({});
    this.#script = script;
  }

  _llmType(): string {
    return "scripted";
  }

  override bindTools(): this {
    return this;
  }

  async _generate(messages: BaseMessage[]): Promise<ChatResult> {
    const first = messages.find((message) => HumanMessage.isInstance(message))?.text ?? "";
    const turn = messages.filter((message) => AIMessage.isInstance(message)).length;
    const said = this.#script(first, turn);
    const calls = typeof said === "string" ? [] : said;
    const message = new AIMessage({
      content: typeof said === "string" ? said : "",
      tool_calls: calls.map(({ name, args }, n) => ({ id: `${first}.${turn}.${n}`, name, args, type: "tool_call" })),
    });
    return { generations: [{ text: message.text, message }] };
  }
}
