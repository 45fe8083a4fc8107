import type { CallbackManagerForLLMRun } from "@langchain/core/callbacks/manager";
import {
  BaseChatModel,
  type BaseChatModelCallOptions,
  type BindToolsInput,
} from "@langchain/core/language_models/chat_models";
import { AIMessage, type BaseMessage } from "@langchain/core/messages";
import type { ChatResult } from "@langchain/core/outputs";
import { direct } from "./chief.js";
import { Conversation, lastWords, type Turn } from "./conversation.js";
import { publish } from "./publisher.js";
import { research } from "./researcher.js";
import { verify } from "./verifier.js";

const ROLES: { readonly tool: string; readonly name: string; readonly next: (conversation: Conversation) => Turn }[] = [
  { tool: "task", name: "main", next: direct },
  { tool: "publish_to_choir", name: "publisher", next: publish },
  { tool: "verify_citations", name: "verifier", next: verify },
  { tool: "read_source", name: "researcher", next: research },
];

/**
 * A chat model without a network and without a neural net. It is deterministic: from the tools it was given it knows its part, from the
 * messages so far the next step, and it writes by choosing and arranging sentences of the sources. The same messages give the same
 * answer, with the same call ids, so that a run that was cut short goes on as if it had not been.
 */
export class OfflineModel extends BaseChatModel {
  readonly #tools: ReadonlySet<string>;

  constructor(tools: ReadonlySet<string> = new Set()) {
    super({});
    this.#tools = tools;
  }

  override _llmType(): string {
    return "offline";
  }

  override bindTools(tools: BindToolsInput[], _kwargs?: Partial<BaseChatModelCallOptions>): OfflineModel {
    return new OfflineModel(new Set(tools.map(nameOf)));
  }

  override async _generate(
    messages: BaseMessage[],
    _options: this["ParsedCallOptions"],
    _manager?: CallbackManagerForLLMRun,
  ): Promise<ChatResult> {
    const turn = this.#next(messages);
    const message = new AIMessage({
      content: turn.text,
      tool_calls: turn.calls.map((call) => ({ ...call, args: { ...call.args }, type: "tool_call" as const })),
    });
    return { generations: [{ text: turn.text, message }] };
  }

  #next(messages: BaseMessage[]): Turn {
    const role = ROLES.find(({ tool }) => this.#tools.has(tool));
    if (role !== undefined) return role.next(new Conversation(role.name, messages));
    // Asked without tools, for a summary of a long conversation, it can only shorten.
    return { text: lastWords(messages).slice(0, 4_000), calls: [] };
  }
}

function nameOf(tool: BindToolsInput): string {
  if ("name" in tool && typeof tool.name === "string") return tool.name;
  if ("function" in tool && typeof tool.function === "object" && tool.function !== null && "name" in tool.function) {
    return String(tool.function.name);
  }
  return "";
}
