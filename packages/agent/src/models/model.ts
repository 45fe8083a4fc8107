import type { BaseChatModel } from "@langchain/core/language_models/chat_models";
import { AgentError } from "../errors.js";
import { requireBareAddresses } from "./addresses.js";
import {
  COMPATIBLE,
  endpointClass,
  endpointClassesIn,
  endpointOf,
  endpointOfClass,
  endpointVariables,
  notSet,
} from "./endpoint.js";
import { MODEL_NAMES, type ModelEnvironment, type Provider } from "./provider.js";
import { PROVIDERS } from "./providers.js";

export type { ModelEnvironment } from "./provider.js";

/** The model that is used when none is named: one whose key is set, else the offline one. */
export function defaultModel(env: ModelEnvironment): string {
  if (env.ANTHROPIC_API_KEY) return "anthropic:claude-sonnet-4-6";
  if (env.OPENAI_API_KEY) return "openai:gpt-5.1";
  if (env.GOOGLE_API_KEY) return "google:gemini-2.5-pro";
  return "offline";
}

/**
 * Checks that a model can be used and gives its full name, without opening a connection.
 * @throws AgentError `unknown_model`, `missing_key` or `invalid_request`, with a sentence that names what to set
 */
export function resolveModel(name: string | undefined, env: ModelEnvironment): string {
  const full = name?.trim() || defaultModel(env);
  providerOf(full, env);
  return full;
}

/** The classes of models that an environment has all for: `offline`, which needs nothing, providers, and endpoints, each a class of its own. */
export function classesIn(env: ModelEnvironment): string[] {
  const providers = Object.keys(PROVIDERS).filter((id) => id !== COMPATIBLE && isReachable(id, env));
  return ["offline", ...providers, ...endpointClassesIn(env)];
}

/** Whether an environment has what reaches the models of a class; `offline` needs nothing. */
export function isReachable(class_: string, env: ModelEnvironment): boolean {
  return variablesOf(class_).some((name) => env[name] !== undefined);
}

function variablesOf(class_: string): readonly string[] {
  const endpoint = endpointOfClass(class_);
  if (endpoint !== undefined) return Object.values(endpointVariables(endpoint));
  const provider = Object.hasOwn(PROVIDERS, class_) ? PROVIDERS[class_] : undefined;
  return provider?.variables ?? [];
}

/** What a worker must have to use a model: its provider, or its endpoint, or `offline` where it needs none. */
export function classOf(model: string): string {
  const found = model.startsWith(`${COMPATIBLE}:`) ? endpointOf(model.slice(COMPATIBLE.length + 1)) : undefined;
  if (found !== undefined) return endpointClass(found.endpoint);
  return Object.keys(PROVIDERS).find((id) => model.startsWith(`${id}:`)) ?? "offline";
}

/** Opens a model by its name. Same errors as {@link resolveModel}. */
export async function openModel(name: string, env: ModelEnvironment): Promise<BaseChatModel> {
  const found = providerOf(name, env);
  if (found !== undefined) return await found.provider.open(found.model, env);
  const { OfflineModel } = await import("../offline/offline-model.js");
  return new OfflineModel();
}

function providerOf(name: string, env: ModelEnvironment): { provider: Provider; model: string } | undefined {
  requireBareAddresses(env);
  if (name === "offline") return undefined;
  const colon = name.indexOf(":");
  const id = name.slice(0, Math.max(colon, 0));
  const model = name.slice(colon + 1);
  const provider = Object.hasOwn(PROVIDERS, id) ? PROVIDERS[id] : undefined;
  if (provider === undefined || model === "") {
    const message = `There is no model "${name}"; write one of ${MODEL_NAMES}.`;
    throw new AgentError("unknown_model", message);
  }
  if (id === COMPATIBLE) {
    const found = endpointOf(model);
    if (found === undefined || !env[endpointVariables(found.endpoint).url]) throw notSet(model);
  }
  if (provider.key !== undefined && !env[provider.key]) {
    throw new AgentError("missing_key", `The model ${name} needs a key: set ${provider.key}, or use --model offline.`);
  }
  return { provider, model };
}
