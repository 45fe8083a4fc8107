import type { CallbackManagerForLLMRun } from "@langchain/core/callbacks/manager";
import {
  BaseChatModel,
  type BaseChatModelCallOptions,
  type BindToolsInput,
} from "@langchain/core/language_models/chat_models";
import { AIMessage, type BaseMessage } from "@langchain/core/messages";
import type { ChatResult } from "@langchain/core/outputs";
import { chat } from "./chat.js";
import { direct } from "./chief.js";
import { Conversation, lastWords, type Turn } from "./conversation.js";
import { publish } from "./publisher.js";
import { research } from "./researcher.js";
import { isSummaryTask, summarize } from "./summary.js";
import { verify } from "./verifier.js";

/** Its parts, each known by the tools that an agent needs for it. */
const ROLES: {
  readonly tools: readonly string[];
  readonly name: string;
  readonly next: (conversation: Conversation) => Turn;
}[] = [
  { tools: ["task", "read_source"], name: "chat", next: chat },
  { tools: ["task"], name: "main", next: (conversation) => direct(conversation) },
  { tools: ["publish_to_choir"], name: "publisher", next: publish },
  { tools: ["verify_citations"], name: "verifier", next: verify },
  { tools: ["read_source"], name: "researcher", next: research },
];

/** It reads as much as it is given; this is what it can keep in view, so that a long thread is summarized as with any model. */
const CONTEXT_TOKENS = 128_000;

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

  override get profile(): { maxInputTokens: number } {
    return { maxInputTokens: CONTEXT_TOKENS };
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
    const role = ROLES.find(({ tools }) => tools.every((tool) => this.#tools.has(tool)));
    if (role !== undefined) return role.next(new Conversation(role.name, messages));
    const words = lastWords(messages);
    if (isSummaryTask(words)) return { text: summarize(words), calls: [] };
    // Asked for anything else without tools, it can only shorten.
    return { text: words.slice(0, 4_000), calls: [] };
  }
}

function nameOf(tool: BindToolsInput): string {
  if ("name" in tool && typeof tool.name === "string") return tool.name;
  if ("function" in tool && typeof tool.function === "object" && tool.function !== null && "name" in tool.function) {
    return String(tool.function.name);
  }
  return "";
}
