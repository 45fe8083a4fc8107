import type { BaseChatModel } from "@langchain/core/language_models/chat_models";

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

/**
 * Attempts of a provider's own client, for what the agent's library asks by itself: the summary of a long thread. Every other call is tried again by
 * {@link patiently} alone, and tells the client not to.
 */
export const CLIENT_RETRIES = 4;
export const MAX_OUTPUT_TOKENS = 16_000;
