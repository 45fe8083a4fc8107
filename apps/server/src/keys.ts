import { ENDPOINT_VARIABLE } from "@vibewriter/agent/runs";
import { z } from "zod";
import { ServerError } from "./errors.js";
import { SecretReference } from "./secrets/reference.js";

/**
 * What a run may need of the caller's environment to reach a model or a search service. A server outlives the command that started
 * it and serves others, so it is started without these; each command sends its own along with the run, over the 0600 socket, and the
 * server keeps them in memory for that run only.
 */
const NAMES = [
  "ANTHROPIC_API_KEY",
  "ANTHROPIC_BASE_URL",
  "OPENAI_API_KEY",
  "OPENAI_BASE_URL",
  "GOOGLE_API_KEY",
  "GOOGLE_BASE_URL",
  "OLLAMA_BASE_URL",
  "OLLAMA_HOST",
  "TAVILY_API_KEY",
  "BRAVE_API_KEY",
  "SEARXNG_URL",
  "RUNLOOP_API_KEY",
  "RUNLOOP_BASE_URL",
  "VIBEWRITER_CONTEXT_TOKENS",
  "LANGSMITH_TRACING",
  "LANGSMITH_API_KEY",
  "LANGSMITH_ENDPOINT",
  "LANGSMITH_PROJECT",
] as const;

/** With these LangChain would send what runs work with by itself, and with secrets; `LANGSMITH_TRACING` of a run does it without. */
const SWITCHES = ["LANGSMITH_TRACING_V2", "LANGCHAIN_TRACING", "LANGCHAIN_TRACING_V2", "LANGCHAIN_API_KEY"] as const;

/** A name of these, or a variable of an endpoint of the person's own. */
const KeyName = z.string().refine(isKey, "it is no key that runs use");

function isKey(name: string): boolean {
  return NAMES.some((one) => one === name) || ENDPOINT_VARIABLE.test(name);
}

/** What can be set of keys: by the names of the home's secrets, and not by what they are. */
export const KeysConfig = {
  /** For runs whose command brings none of that name. */
  keys: z.record(KeyName, SecretReference).default({}),
  /** Credentials of upstreams, by the upstream's name; `VIBEWRITER_UPSTREAM_<NAME>` of the environment wins. */
  upstreamKeys: z.record(z.string().min(1).max(32), SecretReference).default({}),
};

export const KEYS_HEADER = "x-vibewriter-keys";

const Keys = z.record(KeyName, z.string().min(1).max(4096));
export type Keys = z.infer<typeof Keys>;

/** The keys that are set in an environment. */
export function keysOf(env: NodeJS.ProcessEnv): Keys {
  const keys: Keys = {};
  for (const [name, value] of Object.entries(env)) if (isKey(name) && value) keys[name] = value;
  return keys;
}

/** An environment without them, for a process that must not have them. */
export function withoutKeys(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const isSwitch = (name: string) => SWITCHES.some((one) => one === name);
  return Object.fromEntries(Object.entries(env).filter(([name]) => !isKey(name) && !isSwitch(name)));
}

/** The header that carries keys; none when there are no keys. */
export function keysHeader(keys: Keys): Record<string, string> {
  if (Object.keys(keys).length === 0) return {};
  return { [KEYS_HEADER]: Buffer.from(JSON.stringify(keys)).toString("base64url") };
}

/** Reads that header. Throws ServerError bad_request, without its text. */
export function readKeysHeader(value: string | undefined): Keys {
  if (!value) return {};
  try {
    return Keys.parse(JSON.parse(Buffer.from(value, "base64url").toString("utf8")));
  } catch {
    throw new ServerError("bad_request", `The header ${KEYS_HEADER} is not a base64url JSON object of known names.`);
  }
}
