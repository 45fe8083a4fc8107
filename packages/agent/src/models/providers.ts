import { COMPATIBLE, compatible } from "./endpoint.js";
import { CLIENT_RETRIES, MAX_OUTPUT_TOKENS, type Provider } from "./provider.js";

/** The ways to models, by the word in front of a model's name. */
export const PROVIDERS: Readonly<Record<string, Provider>> = {
  anthropic: {
    key: "ANTHROPIC_API_KEY",
    variables: ["ANTHROPIC_API_KEY"],
    open: async (model, env) => {
      const { ChatAnthropic } = await import("@langchain/anthropic");
      return new ChatAnthropic({
        model,
        apiKey: env.ANTHROPIC_API_KEY,
        anthropicApiUrl: env.ANTHROPIC_BASE_URL,
        maxTokens: MAX_OUTPUT_TOKENS,
        maxRetries: CLIENT_RETRIES,
      });
    },
  },
  openai: {
    key: "OPENAI_API_KEY",
    variables: ["OPENAI_API_KEY"],
    open: async (model, env) => {
      const { openChatOpenAI } = await import("./openai.js");
      return openChatOpenAI({ model, key: env.OPENAI_API_KEY, url: env.OPENAI_BASE_URL });
    },
  },
  google: {
    key: "GOOGLE_API_KEY",
    variables: ["GOOGLE_API_KEY"],
    open: async (model, env) => {
      const { ChatGoogleGenerativeAI } = await import("@langchain/google-genai");
      return new ChatGoogleGenerativeAI({
        model,
        apiKey: env.GOOGLE_API_KEY,
        baseUrl: env.GOOGLE_BASE_URL,
        maxOutputTokens: MAX_OUTPUT_TOKENS,
        maxRetries: CLIENT_RETRIES,
      });
    },
  },
  ollama: {
    variables: ["OLLAMA_BASE_URL", "OLLAMA_HOST"],
    open: async (model, env) => {
      const { ChatOllama } = await import("@langchain/ollama");
      return new ChatOllama({
        model,
        baseUrl: env.OLLAMA_BASE_URL ?? env.OLLAMA_HOST ?? "http://127.0.0.1:11434",
        maxRetries: CLIENT_RETRIES,
      });
    },
  },
  [COMPATIBLE]: compatible,
};
