import type { IncomingMessage } from "node:http";
import { hostName, portNumber } from "./host-name.js";
import { Refusal } from "./refusal.js";

/** What a request to the proxy asks for. */
export type Target = ({ kind: "web" } & WebTarget) | UpstreamTarget;

export interface WebTarget {
  name: string;
  port: number;
  tls: boolean;
  /** With the query, as it was given. */
  path: string;
}

export interface UpstreamTarget {
  kind: "upstream";
  upstream: string;
  pathname: string;
  search: string;
}

const absolute = /^(https?):\/\/([^/?#]*)([/?][^#]*)?$/i;
/** How programs that know no proxies name the gateway: by the door's own address. */
const doorHosts = ["127.0.0.1:3128", "localhost:3128", "gateway", "gateway:80"];

/** Reads the target of an ordinary request. Throws Refusal. */
export function targetOf(request: IncomingMessage): Target {
  const url = request.url ?? "";
  const host = onlyHost(request);
  if (url.startsWith("/")) {
    requirePlain(url);
    if (host !== undefined && !doorHosts.includes(host.toLowerCase())) {
      throw badRequest("it is no request to a proxy: set http_proxy, or use http://gateway/<upstream>");
    }
    return upstreamIn(url);
  }
  const there = splitUrl(url);
  const { name, port, path } = there;
  if (host !== undefined && !isSame(there, splitAuthority(host, there.tls ? 443 : 80))) {
    throw new Refusal(
      "host_mismatch",
      "The address and the Host header name different servers; send the same in both.",
    );
  }
  if (name === "gateway" && port === 80) return upstreamIn(path);
  if (name.endsWith(".gateway") && port === 80) return upstreamIn(`/${name.slice(0, -".gateway".length)}${path}`);
  return { kind: "web", ...there, name: hostName(name) };
}

/** Reads a whole http or https address. Throws Refusal. */
export function webTarget(url: string): WebTarget {
  const there = splitUrl(url);
  return { ...there, name: hostName(there.name) };
}

/** Reads the target of a CONNECT: a name and a port. Throws Refusal. */
export function tunnelTarget(request: IncomingMessage): { name: string; port: number } {
  const [, host, digits = ""] = /^(\[[^\]]*\]|[^:@/?#\s]+):(\d+)$/.exec(request.url ?? "") ?? [];
  const port = portNumber(digits);
  if (host === undefined || port === undefined) throw badRequest("a tunnel is asked for as CONNECT host:port");
  return { name: hostName(host), port };
}

/** `/<upstream>/path?query` as the URL standard reads it: dot segments, also encoded ones, are gone before anything is matched. */
function upstreamIn(path: string): Target {
  if (!URL.canParse(`http://gateway${path}`)) throw badRequest("its address cannot be read");
  const url = new URL(`http://gateway${path}`);
  const [, upstream = "", pathname = "/"] = /^\/([^/]*)(\/.*)?$/.exec(url.pathname) ?? [];
  return { kind: "upstream", upstream, pathname, search: url.search };
}

function onlyHost(request: IncomingMessage): string | undefined {
  const hosts = request.headersDistinct.host ?? [];
  const given = request.rawHeaders.filter((name, at) => at % 2 === 0 && name.toLowerCase() === "host").length;
  if (given > 1 || hosts.length > 1) throw badRequest("it has more than one Host header");
  return hosts[0];
}

function splitUrl(url: string): WebTarget {
  requirePlain(url);
  const [, scheme = "", authority = "", rest = "/"] = absolute.exec(url) ?? [];
  if (scheme === "") throw new Refusal("scheme", "Only http and https addresses can be fetched.");
  if (authority.includes("@")) throw badRequest("its address has a user name in it; leave that out");
  const tls = scheme.toLowerCase() === "https";
  const path = rest.startsWith("?") ? `/${rest}` : rest;
  return { ...splitAuthority(authority, tls ? 443 : 80), tls, path };
}

function splitAuthority(authority: string, defaultPort: number): { name: string; port: number } {
  const [, name = "", digits] = /^(\[[^\]]*\]|[^:]*)(?::(.*))?$/.exec(authority) ?? [];
  const port = digits === undefined ? defaultPort : portNumber(digits);
  if (name === "" || port === undefined) throw new Refusal("bad_host", "The address has no valid host and port.");
  return { name: name.toLowerCase().replace(/\.$/, ""), port };
}

function requirePlain(url: string): void {
  if (/^[\x21-\x7e]{1,8000}$/.test(url) && !/[\\#]/.test(url)) return;
  throw badRequest("its address is too long or has characters that must be encoded");
}

function isSame(one: { name: string; port: number }, other: { name: string; port: number }): boolean {
  return one.name === other.name && one.port === other.port;
}

function badRequest(why: string): Refusal {
  return new Refusal("bad_request", `The request cannot be understood: ${why}.`);
}
