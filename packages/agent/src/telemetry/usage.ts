import { type AIMessage, AIMessageChunk, AIMessage as Message } from "@langchain/core/messages";

/** Tokens of one model call. `input` holds all that was read, `cacheRead` and `cacheWrite` the parts of it that were cached. */
export interface Usage {
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
}

/** What the provider says that a call took; undefined where it says nothing. */
export function usageOf(message: unknown): Usage | undefined {
  if (!isModelMessage(message)) return undefined;
  const { usage_metadata: said } = message;
  if (said === undefined) return undefined;
  return {
    input: said.input_tokens,
    output: said.output_tokens,
    cacheRead: said.input_token_details?.cache_read ?? 0,
    cacheWrite: said.input_token_details?.cache_creation ?? 0,
  };
}

function isModelMessage(message: unknown): message is AIMessage {
  return Message.isInstance(message) || AIMessageChunk.isInstance(message);
}
