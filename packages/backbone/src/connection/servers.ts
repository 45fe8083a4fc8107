import { BackboneError } from "../errors.js";

/** What a NATS URL says. */
export interface Servers {
  /** `host:port` of each. */
  hosts: string[];
  /** Names and addresses without ports: one of them must be in the certificate of a server. */
  names: string[];
  /** True if one of the URLs begins with `tls://`. */
  tls: boolean;
  user: string;
  /** Without a user's password the name before the `@` is a token. */
  password: string;
}

/**
 * Reads `nats://[user:password@|token@]host[:port][,host[:port]...]`, `tls://` for TLS.
 * @throws BackboneError `invalid`; the sentence repeats no password
 */
export function parseServers(url: string): Servers {
  try {
    const parsed = url.split(",").map((one) => new URL(one.includes("://") ? one.trim() : `nats://${one.trim()}`));
    const [first] = parsed;
    if (!first || parsed.some((one) => one.host === "" || !["nats:", "tls:"].includes(one.protocol))) {
      throw new Error("neither nats:// nor tls://, or no host");
    }
    return {
      hosts: parsed.map((one) => one.host),
      names: parsed.map((one) => one.hostname.replace(/^\[|\]$/g, "")),
      tls: parsed.some((one) => one.protocol === "tls:"),
      user: decodeURIComponent(first.username),
      password: decodeURIComponent(first.password),
    };
  } catch (cause) {
    const shown = url.replace(/\/\/[^@]*@/g, "//…@");
    throw new BackboneError("invalid", `NATS_URL "${shown}" is not a URL; write nats://user:password@host:4222.`, {
      cause,
    });
  }
}
