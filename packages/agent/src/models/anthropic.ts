import { ChatAnthropic } from "@langchain/anthropic";
import type { BaseMessage } from "@langchain/core/messages";
import type { ChatGenerationChunk, ChatResult } from "@langchain/core/outputs";
import { inPlainWords } from "./plain-words.js";
import { CLIENT_RETRIES, MAX_OUTPUT_TOKENS } from "./provider.js";

type Options = ChatAnthropic["ParsedCallOptions"];
type RunManager = Parameters<ChatAnthropic["_generate"]>[2];

/** Blocks of Gemini's; all else that a thread can have here is Anthropic's own. */
const FOREIGN: ReadonlySet<string> = new Set(["functionCall", "inlineData", "executableCode", "codeExecutionResult"]);

/** Anthropic's client, also for a thread that another provider's model has begun. */
class ReadingChatAnthropic extends ChatAnthropic {
  override async _generate(messages: BaseMessage[], options: Options, manager?: RunManager): Promise<ChatResult> {
    return await super._generate(readable(messages), options, manager);
  }

  override async *_streamResponseChunks(
    messages: BaseMessage[],
    options: Options,
    manager?: RunManager,
  ): AsyncGenerator<ChatGenerationChunk> {
    yield* super._streamResponseChunks(readable(messages), options, manager);
  }
}

function readable(messages: readonly BaseMessage[]): BaseMessage[] {
  return inPlainWords(messages, ({ type }) => !FOREIGN.has(type));
}

/** A model of Anthropic, there or wherever `url` says. */
export function openChatAnthropic(o: {
  model: string;
  key: string | undefined;
  url: string | undefined;
}): ChatAnthropic {
  const { model, key: apiKey, url: anthropicApiUrl } = o;
  const limits = { maxTokens: MAX_OUTPUT_TOKENS, maxRetries: CLIENT_RETRIES };
  return new ReadingChatAnthropic({ model, apiKey, anthropicApiUrl, ...limits });
}
