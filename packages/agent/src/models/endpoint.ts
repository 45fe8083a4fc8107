import { AgentError } from "../errors.js";
import type { ModelEnvironment, Provider } from "./provider.js";

/** What endpoints that speak OpenAI's protocol, and are known by a name of the person's own, are models of. */
export const COMPATIBLE = "compatible";

/** What an endpoint may be called: it is a part of the names of its variables. */
export const ENDPOINT_NAME = /^[a-z][a-z0-9]{0,31}$/;

/** The variables of an endpoint: where it is, and its key, which one of one's own need not have. */
export function endpointVariables(name: string): { url: string; key: string } {
  const prefix = `VIBEWRITER_ENDPOINT_${name.toUpperCase()}`;
  return { url: `${prefix}_URL`, key: `${prefix}_KEY` };
}

/** Whether a variable is one of an endpoint's. */
export const ENDPOINT_VARIABLE = /^VIBEWRITER_ENDPOINT_[A-Z][A-Z0-9]{0,31}_(?:URL|KEY)$/;

/** The variables of the endpoints that an environment has. */
export function endpointsIn(env: ModelEnvironment): string[] {
  return Object.keys(env).filter((name) => ENDPOINT_VARIABLE.test(name) && env[name] !== undefined);
}

/** What a worker must have to use an endpoint: that one, as another one has other models, and is somebody else's. A part of a queue's name. */
export function endpointClass(endpoint: string): string {
  return `${COMPATIBLE}-${endpoint}`;
}

/** The endpoint whose class it is; undefined for a class of another kind. */
export function endpointOfClass(class_: string): string | undefined {
  const [kind, endpoint = ""] = class_.split("-", 2);
  return kind === COMPATIBLE && ENDPOINT_NAME.test(endpoint) ? endpoint : undefined;
}

/** The classes of the endpoints whose address an environment has; a key alone leads nowhere. */
export function endpointClassesIn(env: ModelEnvironment): string[] {
  return endpointsIn(env).flatMap((variable) => {
    const name = /^VIBEWRITER_ENDPOINT_([A-Z0-9]+)_URL$/.exec(variable)?.[1];
    return name === undefined || !env[variable] ? [] : [endpointClass(name.toLowerCase())];
  });
}

/** The endpoint and the model of `NAME:MODEL`; undefined where it is none. */
export function endpointOf(text: string): { endpoint: string; model: string } | undefined {
  const colon = text.indexOf(":");
  const endpoint = text.slice(0, Math.max(0, colon));
  const model = text.slice(colon + 1);
  return ENDPOINT_NAME.test(endpoint) && model !== "" ? { endpoint, model } : undefined;
}

/** Any server that speaks OpenAI's chat completions, by a name: `compatible:groq:llama-3.3-70b`. */
export const compatible: Provider = {
  variables: [],
  open: async (text, env) => {
    const found = endpointOf(text);
    const names = endpointVariables(found?.endpoint ?? "");
    const url = env[names.url];
    if (found === undefined || url === undefined) throw notSet(text);
    const { openChatOpenAI } = await import("./openai.js");
    // The client does not do without a key; who needs none reads none.
    return openChatOpenAI({ model: found.model, key: env[names.key] ?? "none", url });
  },
};

/** What is to be set for the model `compatible:<text>`. */
export function notSet(text: string): AgentError {
  const found = endpointOf(text);
  if (found === undefined) {
    const message = `There is no model "${COMPATIBLE}:${text}"; write ${COMPATIBLE}:ENDPOINT:MODEL, such as ${COMPATIBLE}:groq:llama-3.3-70b.`;
    return new AgentError("unknown_model", message);
  }
  const { url, key } = endpointVariables(found.endpoint);
  const message = `The endpoint ${found.endpoint} is not known: set ${url} to its address, and ${key} if it wants a key.`;
  return new AgentError("missing_key", message);
}
