import { AgentError } from "../errors.js";
import type { ModelEnvironment } from "./provider.js";

/** Variables that say where a service is. */
const ADDRESS = /_(?:URL|HOST|ENDPOINT)$/;
/** What stands before the host of an address: `user:password`, or a token. */
const USER_PART = /^(?:[a-z][a-z0-9+.-]*:\/\/)?([^/?#]*)@/i;

/** The passwords that stand in the addresses of an environment, by the names of the variables; a name without a password may be a token. */
export function passwordsIn(env: ModelEnvironment): [variable: string, password: string][] {
  return Object.entries(env).flatMap(([name, value = ""]): [string, string][] => {
    if (!ADDRESS.test(name) || value.startsWith("secret://")) return [];
    const user = USER_PART.exec(value.trim())?.[1];
    if (user === undefined) return [];
    const password = user.slice(user.indexOf(":") + 1);
    return [...new Set([password, decoded(password)])].map((one) => [name, one]);
  });
}

/**
 * Refuses addresses with a password: no client of ours sends it from there, and each of them repeats the whole address when it fails.
 * @throws AgentError `invalid_request`, without the password
 */
export function requireBareAddresses(env: ModelEnvironment): void {
  const [found] = passwordsIn(env);
  if (found === undefined) return;
  const [name] = found;
  const message = `${name} has a user or a password in it, which is not sent from there: write the address alone, and the key, if there is one, into its own variable.`;
  throw new AgentError("invalid_request", message);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
