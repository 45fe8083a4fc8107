import { once } from "node:events";
import { type IncomingMessage, request as sendRequest } from "node:http";
import type { Exchange } from "./exchange.js";
import { type Headers, passable } from "./headers.js";
import { maxHeaderBytes } from "./http-door.js";
import type { Outside } from "./outside.js";
import { Refusal } from "./refusal.js";
import { type WebTarget, webTarget } from "./target.js";

/** A request of the host's own, made within a policy. */
export interface FetchRequest {
  /** http or https. */
  url: string;
  /** Default: GET. */
  method?: string;
  headers?: Record<string, string>;
  body?: Uint8Array;
  /** Of the answer's body, as it comes: nothing is decompressed. Default: 16 MiB. */
  maxBytes?: number;
  /** For all hops together. Default: 60,000. */
  timeoutMs?: number;
}

export interface FetchedPage {
  /** Of the last hop. */
  url: string;
  status: number;
  headers: Record<string, string | string[]>;
  body: Uint8Array;
}

/** What each hop needs of the gateway. */
export interface Hops {
  outside: Outside;
  begin: (totalMs: number) => Exchange;
  /** Throws Refusal. */
  authorize: (exchange: Exchange, asked: { name: string; port: number; method: string }) => void;
}

const defaultMaxBytes = 16 * 1024 * 1024;
const defaultTimeoutMs = 60_000;
const maxRedirects = 5;
/** Said to one server and not to another that it redirects to. */
const ofOneServer = ["authorization", "cookie", "proxy-authorization", "x-api-key"];

/** Fetches, following redirects here, so that every hop is checked before it is made. Throws Refusal. */
export async function fetchThrough(request: FetchRequest, hops: Hops): Promise<FetchedPage> {
  const deadline = Date.now() + (request.timeoutMs ?? defaultTimeoutMs);
  let { url, method = "GET", headers = {}, body } = request;
  for (let hop = 0; hop <= maxRedirects; hop++) {
    const page = await fetchOnce({ ...request, url, method, headers, body }, hops, deadline - Date.now());
    const { location } = page.headers;
    if (page.status < 300 || page.status > 399 || typeof location !== "string") return page;
    if (!URL.canParse(location, url)) throw new Refusal("bad_answer", "The server redirects to what is no address.");
    const next = new URL(location, url);
    next.hash = "";
    if (next.origin !== new URL(url).origin) headers = without(headers, ofOneServer);
    if (page.status !== 307 && page.status !== 308 && method !== "HEAD") {
      [method, body] = ["GET", undefined];
      headers = without(headers, ["content-type"]);
    }
    url = next.href;
  }
  throw new Refusal(
    "too_many_redirects",
    `The server redirects more than ${maxRedirects} times; use its last address.`,
  );
}

async function fetchOnce(
  request: FetchRequest & { method: string },
  hops: Hops,
  remainingMs: number,
): Promise<FetchedPage> {
  const { url, method } = request;
  const exchange = hops.begin(Math.max(1, remainingMs));
  try {
    exchange.describe({ method });
    exchange.account.countRequest();
    const target = webTarget(url);
    exchange.describe({ host: target.name, port: target.port });
    hops.authorize(exchange, { name: target.name, port: target.port, method });
    const page = await exchangeWith(target, request, hops.outside, exchange);
    exchange.finish();
    return { url, ...page };
  } catch (error) {
    exchange.finish(error);
    const cause: unknown = exchange.signal.aborted ? exchange.signal.reason : error;
    if (cause instanceof Refusal) throw cause;
    throw new Refusal("bad_answer", `${url} gave no valid answer; try again later.`, { cause });
  }
}

async function exchangeWith(
  target: WebTarget,
  request: FetchRequest & { method: string },
  outside: Outside,
  exchange: Exchange,
): Promise<Omit<FetchedPage, "url">> {
  const { signal } = exchange;
  const { name, port, tls, path } = target;
  const way = await outside.open({ ...target, signal });
  try {
    exchange.allow();
    const host = port === (tls ? 443 : 80) ? name : `${name}:${port}`;
    const length = request.body === undefined ? {} : { "content-length": String(request.body.length) };
    const outgoing = sendRequest({
      createConnection: () => way,
      method: request.method,
      path,
      headers: { ...lowerCased(request.headers ?? {}), ...length, host, connection: "close" },
      setHost: false,
      maxHeaderSize: maxHeaderBytes,
    });
    outgoing.on("error", (error) => exchange.abort(error));
    exchange.count("up", request.body?.length ?? 0);
    outgoing.end(request.body);
    const [incoming]: IncomingMessage[] = await once(outgoing, "response", { signal });
    if (incoming === undefined) throw new Refusal("bad_answer", "The server gave no answer.");
    const status = incoming.statusCode ?? 0;
    exchange.describe({ status });
    return { status, headers: passable(incoming.headersDistinct), body: await readBody(incoming, request, exchange) };
  } finally {
    way.destroy();
  }
}

async function readBody(incoming: IncomingMessage, request: FetchRequest, exchange: Exchange): Promise<Uint8Array> {
  const maxBytes = request.maxBytes ?? defaultMaxBytes;
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of incoming as AsyncIterable<Buffer>) {
    exchange.signal.throwIfAborted();
    exchange.count("down", part.length);
    size += part.length;
    if (size > maxBytes)
      throw new Refusal("too_large", `${request.url} is larger than ${maxBytes} bytes; ask for less.`);
    parts.push(part);
  }
  return Buffer.concat(parts);
}

function lowerCased(headers: Headers): Headers {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

function without(headers: Record<string, string>, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !names.includes(name.toLowerCase())));
}
