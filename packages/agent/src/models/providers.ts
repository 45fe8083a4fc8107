import { COMPATIBLE, compatible } from "./endpoint.js";
import { contextTokensOf, type Provider } from "./provider.js";

/** The ways to models, by the word in front of a model's name. */
export const PROVIDERS: Readonly<Record<string, Provider>> = {
  anthropic: {
    key: "ANTHROPIC_API_KEY",
    variables: ["ANTHROPIC_API_KEY"],
    open: async (model, env) => {
      const { openChatAnthropic } = await import("./anthropic.js");
      return openChatAnthropic({ model, key: env.ANTHROPIC_API_KEY, url: env.ANTHROPIC_BASE_URL });
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
      const { openChatGoogle } = await import("./google.js");
      return openChatGoogle({ model, key: env.GOOGLE_API_KEY, url: env.GOOGLE_BASE_URL });
    },
  },
  ollama: {
    variables: ["OLLAMA_BASE_URL", "OLLAMA_HOST"],
    open: async (model, env) => {
      const { openChatOllama } = await import("./ollama.js");
      const url = env.OLLAMA_BASE_URL ?? env.OLLAMA_HOST ?? "http://127.0.0.1:11434";
      // A longer prompt than its context Ollama cuts without a word.
      return openChatOllama({ model, url, contextTokens: contextTokensOf(env) });
    },
  },
  [COMPATIBLE]: compatible,
};
