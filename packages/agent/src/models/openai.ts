import type { BaseLanguageModelInput } from "@langchain/core/language_models/base";
import type { AIMessageChunk, BaseMessage } from "@langchain/core/messages";
import type { ChatGenerationChunk, ChatResult } from "@langchain/core/outputs";
import { type Runnable, RunnableBinding } from "@langchain/core/runnables";
import { ChatOpenAI, type ChatOpenAICallOptions } from "@langchain/openai";
import { withShortCallIds } from "./call-ids.js";
import { inPlainWords } from "./plain-words.js";

type Options = ChatOpenAI["ParsedCallOptions"];
type RunManager = Parameters<ChatOpenAI["_generate"]>[2];

/**
 * OpenAI's client, with what is bound to it merged with what a call brings, as every other client has it: its own way drops the deadline that is
 * bound where the call has a signal of its own. A thread that another provider's model has begun has blocks and ids that OpenAI refuses.
 */
class MergingChatOpenAI extends ChatOpenAI {
  override withConfig(
    config: Partial<ChatOpenAICallOptions>,
  ): Runnable<BaseLanguageModelInput, AIMessageChunk, ChatOpenAICallOptions> {
    return new RunnableBinding({ bound: this, config, kwargs: {} });
  }

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
  // Its own answers are one text.
  return withShortCallIds(inPlainWords(messages, () => false));
}

/** A model behind OpenAI's chat completions, at OpenAI or wherever `url` says. */
export function openChatOpenAI(o: { model: string; key: string | undefined; url: string | undefined }): ChatOpenAI {
  const { model, key: apiKey, url: baseURL } = o;
  return new MergingChatOpenAI({ model, apiKey, configuration: { baseURL }, maxRetries: 0 });
}
