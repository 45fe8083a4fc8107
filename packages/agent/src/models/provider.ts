import type { BaseChatModel } from "@langchain/core/language_models/chat_models";
import { AgentError } from "../errors.js";

/** Variables that models read: keys and addresses. */
export type ModelEnvironment = Readonly<Record<string, string | undefined>>;

/** How models are named, for people. */
export const MODEL_NAMES =
  "anthropic:NAME, openai:NAME, google:NAME, ollama:NAME, compatible:ENDPOINT:NAME, or offline";

/** One way to models: how it is reached, and how a model of it is opened. */
export interface Provider {
  /** The variable without which it cannot work. */
  readonly key?: string;
  /** One of these says that it can be reached from here. */
  readonly variables: readonly string[];
  /** Loads the provider's client, and no other's: each takes longer to load than all that a server without a run needs. */
  open(model: string, env: ModelEnvironment): Promise<BaseChatModel>;
}

export const MAX_OUTPUT_TOKENS = 16_000;

/**
 * Tokens of a model's context as `VIBEWRITER_CONTEXT_TOKENS` says, for a model that does not say it itself, such as one of Ollama; undefined if it
 * says nothing. Throws AgentError `invalid_request` for what is no number from 4,000 on.
 */
export function contextTokensOf(env: ModelEnvironment): number | undefined {
  const text = env.VIBEWRITER_CONTEXT_TOKENS;
  if (!text) return undefined;
  const tokens = Number(text);
  if (Number.isInteger(tokens) && tokens >= 4_000) return tokens;
  const message = `VIBEWRITER_CONTEXT_TOKENS is ${text}; set the tokens of the model's context, at least 4000, or unset it.`;
  throw new AgentError("invalid_request", message);
}
