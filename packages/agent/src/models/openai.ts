import type { BaseLanguageModelInput } from "@langchain/core/language_models/base";
import type { AIMessageChunk } from "@langchain/core/messages";
import { type Runnable, RunnableBinding } from "@langchain/core/runnables";
import { ChatOpenAI, type ChatOpenAICallOptions } from "@langchain/openai";
import { CLIENT_RETRIES } from "./provider.js";

/**
 * OpenAI's client, with what is bound to it merged with what a call brings, as every other client has it: its own way drops the deadline that is
 * bound where the call has a signal of its own.
 */
class MergingChatOpenAI extends ChatOpenAI {
  override withConfig(
    config: Partial<ChatOpenAICallOptions>,
  ): Runnable<BaseLanguageModelInput, AIMessageChunk, ChatOpenAICallOptions> {
    return new RunnableBinding({ bound: this, config, kwargs: {} });
  }
}

/** A model behind OpenAI's chat completions, at OpenAI or wherever `url` says. */
export function openChatOpenAI(o: { model: string; key: string | undefined; url: string | undefined }): ChatOpenAI {
  const { model, key: apiKey, url: baseURL } = o;
  return new MergingChatOpenAI({ model, apiKey, configuration: { baseURL }, maxRetries: CLIENT_RETRIES });
}
