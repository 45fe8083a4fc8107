import { AgentError } from "../errors.js";
import type { ModelEnvironment } from "./provider.js";

/** Variables that say where a service is. */
const ADDRESS = /_(?:URL|HOST|ENDPOINT)$/;
/**
 * What stands before the last `@` of an address: `user:password`, or a token. Whatever is there, slashes too, may be part of a password that somebody
 * has written as it is; and there are more ways to write the slashes before it than one (`http:/`, `http:///`, `http:\\`, none).
 */
const USER_PART = /^(?:[a-z][a-z0-9+.-]*:[/\\]+)?(.*)@/is;

/** The passwords that stand in the addresses of an environment, by the names of the variables; a name without a password may be a token. */
export function passwordsIn(env: ModelEnvironment): [variable: string, password: string][] {
  return Object.entries(env).flatMap(([name, value = ""]): [string, string][] => {
    if (!ADDRESS.test(name) || value.startsWith("secret://")) return [];
    // As clients do, who leave out what is no part of an address.
    const address = value.trim().replace(/[\t\r\n]/g, "");
    const user = USER_PART.exec(address)?.[1];
    if (user === undefined) return [];
    const password = user.slice(user.indexOf(":") + 1);
    const all = [password, ...readPassword(address)].flatMap((one) => [one, decoded(one)]);
    return [...new Set(all)].map((one) => [name, one]);
  });
}

/** What clients take for the password of an address. */
function readPassword(address: string): string[] {
  if (!URL.canParse(address)) return [];
  const { username, password } = new URL(address);
  return [password || username].filter((one) => one !== "");
}

/**
 * Refuses addresses with an `@`, as one with a user or a password has, however it is written: no client of ours sends it from there, and each of them repeats the whole address when it fails.
 * @throws AgentError `invalid_request`, without the password
 */
export function requireBareAddresses(env: ModelEnvironment): void {
  const [found] = passwordsIn(env);
  if (found === undefined) return;
  const [name] = found;
  const message = `${name} has a user or a password before an @ in it, which is not sent from there: write the address alone (an @ of its path as %40), and the key, if there is one, into its own variable.`;
  throw new AgentError("invalid_request", message);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
