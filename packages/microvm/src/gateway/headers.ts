import type { IncomingMessage } from "node:http";

export type Headers = Record<string, string | string[]>;

/** Of one connection only (RFC 9110 section 7.6.1), and those by which a client and a proxy speak to each other. */
const hopByHop = [
  "connection",
  "expect",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-authentication-info",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
];

/** The headers that may go on to the next connection. */
export function passable(headers: NodeJS.Dict<string[]>): Headers {
  const named = (headers.connection ?? [])
    .flatMap((value) => value.toLowerCase().split(","))
    .map((name) => name.trim());
  const kept: [string, string | string[]][] = [];
  for (const [name, values] of Object.entries(headers)) {
    if (values === undefined || hopByHop.includes(name) || named.includes(name)) continue;
    const [only, ...more] = values;
    kept.push([name, only !== undefined && more.length === 0 ? only : values]);
  }
  return Object.fromEntries(kept);
}

/** About the bytes that a message took without its body. */
export function sizeOf({ url = "", rawHeaders }: IncomingMessage): number {
  return rawHeaders.reduce((sum, text) => sum + text.length + 2, url.length + 16);
}
