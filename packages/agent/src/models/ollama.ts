import type { BaseMessage } from "@langchain/core/messages";
import type { ChatGenerationChunk } from "@langchain/core/outputs";
import { ChatOllama, type ChatOllamaInput } from "@langchain/ollama";
import { inPlainWords, withPlainResults } from "./plain-words.js";

type Options = ChatOllama["ParsedCallOptions"];
type RunManager = Parameters<ChatOllama["_generate"]>[2];

/** What Ollama, or a proxy before it, has not done, with the headers that say when to come back. */
class OllamaFailure extends Error {
  override readonly name = "OllamaFailure";

  constructor(
    readonly headers: Headers,
    message: string,
    options: { cause: unknown },
  ) {
    super(message, options);
  }
}

/** Ollama's client, whose questions end when they are broken off: by itself it waits for the next word, and then ends those of others as well. */
class EndingChatOllama extends ChatOllama {
  readonly #fields: ChatOllamaInput;

  constructor(fields: ChatOllamaInput) {
    super(fields);
    this.#fields = fields;
  }

  override async *_streamResponseChunks(
    messages: BaseMessage[],
    options: Options,
    manager?: RunManager,
  ): AsyncGenerator<ChatGenerationChunk> {
    let refused: Headers | undefined;
    const ending: typeof fetch = async (input, init) => {
      const signals = [init?.signal, options.signal].filter((signal) => signal !== undefined && signal !== null);
      const response = await fetch(input, { ...init, signal: AbortSignal.any(signals) });
      if (!response.ok) refused = response.headers;
      return response;
    };
    // Its own answers are one text.
    const readable = inPlainWords(withPlainResults(messages), () => false);
    const client = new ChatOllama({ ...this.#fields, fetch: ending });
    try {
      yield* client._streamResponseChunks(readable, options, manager);
    } catch (error) {
      if (refused === undefined || !(error instanceof Error)) throw error;
      throw new OllamaFailure(refused, error.message, { cause: error });
    }
  }
}

/** A model that Ollama serves at `url`. */
export function openChatOllama(o: { model: string; url: string; contextTokens: number | undefined }): ChatOllama {
  const { model, url: baseUrl, contextTokens: numCtx } = o;
  return new EndingChatOllama({ model, baseUrl, numCtx, maxRetries: 0 });
}
