import { ChatAnthropic } from "@langchain/anthropic";
import { AIMessageChunk, type BaseMessage } from "@langchain/core/messages";
import type { ChatGenerationChunk, ChatResult } from "@langchain/core/outputs";
import { inPlainWords } from "./plain-words.js";
import { MAX_OUTPUT_TOKENS } from "./provider.js";

type Options = ChatAnthropic["ParsedCallOptions"];
type RunManager = Parameters<ChatAnthropic["_generate"]>[2];

/** Blocks of Gemini's; all else that a thread can have here is Anthropic's own. */
const FOREIGN: ReadonlySet<string> = new Set(["functionCall", "inlineData", "executableCode", "codeExecutionResult"]);

/**
 * Anthropic's client, also for a thread that another provider's model has begun. It counts each token of a streamed answer once: the service counts
 * from the answer's beginning in every event, and the client alone adds the count of the first event to that of the last.
 */
class ReadingChatAnthropic extends ChatAnthropic {
  override async _generate(messages: BaseMessage[], options: Options, manager?: RunManager): Promise<ChatResult> {
    return await super._generate(readable(messages), options, manager);
  }

  override async *_streamResponseChunks(
    messages: BaseMessage[],
    options: Options,
    manager?: RunManager,
  ): AsyncGenerator<ChatGenerationChunk> {
    for await (const chunk of super._streamResponseChunks(readable(messages), options, manager)) {
      const usage = AIMessageChunk.isInstance(chunk.message) ? chunk.message.usage_metadata : undefined;
      // The first event has what was read, and it alone.
      if (usage !== undefined && usage.input_tokens > 0) usage.output_tokens = 0;
      yield chunk;
    }
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
  const limits = { maxTokens: MAX_OUTPUT_TOKENS, maxRetries: 0 };
  return new ReadingChatAnthropic({ model, apiKey, anthropicApiUrl, ...limits });
}
