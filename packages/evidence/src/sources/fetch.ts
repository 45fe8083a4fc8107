import { Agent, type Dispatcher, fetch, type Response } from "undici";
import { EvidenceError } from "../errors.js";
import { publicLookup, refuseLiteral } from "./address.js";
import { type PageHeaders, pageHeaders } from "./page-headers.js";
import type { SourceBytes } from "./read-file.js";
import { AskedToWait, retryAfter } from "./visits.js";

const MAX_REDIRECTS = 5;
const DEADLINE_MS = 30_000;
/** For how long a server is left alone that says that it was asked too often, and not for how long. */
const REST_MS = 60_000;
const DOCUMENTS = "text/html,application/pdf,text/markdown,text/plain;q=0.9,*/*;q=0.5";

/** A page as its server gave it. */
export interface FetchedPage extends SourceBytes {
  /** Where the bytes came from, after redirects. */
  finalUri: string;
  headers: PageHeaders;
}

interface FetchOptions {
  /** Of the body after decompression. */
  readonly maxBytes: number;
  /** Makes the connections; the addresses in URLs are checked whatever it does. */
  readonly dispatcher: Dispatcher;
  readonly userAgent: string;
  readonly signal?: AbortSignal;
}

/** Asks one server for one thing, when and if that is allowed. */
export type Visit = <T>(url: URL, ask: () => Promise<T>) => Promise<T>;

/** Connects to public addresses only: what a name means is checked when the socket connects. */
export function publicAgent(): Agent {
  return new Agent({ connect: { lookup: publicLookup(), timeout: 10_000 }, headersTimeout: 15_000 });
}

/**
 * Fetches a page for reading: GET only, public addresses only (checked at every redirect and when the socket connects), no
 * cookies, no credentials, bounded in size and time.
 * @param o.visit makes each request, those to where it redirects to as well; it may refuse to
 * @throws EvidenceError `address_refused`, `dead_link`, `needs_login`, `asked_to_wait`, `fetch_failed`, `too_large`, `timed_out`, and
 *   whatever `visit` throws
 */
export async function fetchPage(uri: string, o: FetchOptions & { visit?: Visit }): Promise<FetchedPage> {
  const visit: Visit = o.visit ?? ((_url, ask) => ask());
  let url = pageUrl(uri);
  for (let hops = 0; hops <= MAX_REDIRECTS; hops++) {
    const here = url;
    const next = await visit(here, async () => {
      const response = await request(here, DOCUMENTS, o);
      const target = await redirectOf(response, here, uri);
      return target ?? (await pageOf(response, { uri, url: here, maxBytes: o.maxBytes }));
    });
    if (!(next instanceof URL)) return next;
    url = next;
  }
  throw new EvidenceError("fetch_failed", `${uri} redirects more than ${MAX_REDIRECTS} times.`);
}

/** A small text of a server and its status, whatever that is, following redirects; what is longer is cut. Same rules and errors as above. */
export async function fetchText(start: URL, o: FetchOptions): Promise<{ status: number; text: string }> {
  let url = start;
  for (let hops = 0; hops <= MAX_REDIRECTS; hops++) {
    const response = await request(url, "text/plain", o);
    const target = await redirectOf(response, url, start.href);
    if (target === undefined) return { status: response.status, text: await textOf(response, url, o.maxBytes) };
    url = target;
  }
  throw new EvidenceError("fetch_failed", `${start.href} redirects more than ${MAX_REDIRECTS} times.`);
}

/** One spelling for one page: no fragment, no default port. @throws EvidenceError `address_refused` */
export function pageUrl(uri: string): URL {
  if (!URL.canParse(uri))
    throw new EvidenceError("invalid_input", `${uri} is not a URL: give a full one, such as https://example.org/page.`);
  const url = new URL(uri);
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    throw new EvidenceError("address_refused", `${uri} cannot be read: only http and https pages can.`);
  }
  if (url.username !== "" || url.password !== "") {
    throw new EvidenceError(
      "address_refused",
      "A URL with a user name or password in it is not read: give it without.",
    );
  }
  url.hash = "";
  return url;
}

async function request(url: URL, accept: string, o: FetchOptions): Promise<Response> {
  refuseLiteral(url);
  const deadline = AbortSignal.timeout(DEADLINE_MS);
  try {
    return await fetch(url, {
      method: "GET",
      redirect: "manual",
      dispatcher: o.dispatcher,
      signal: o.signal ? AbortSignal.any([o.signal, deadline]) : deadline,
      headers: { "user-agent": o.userAgent, accept },
    });
  } catch (error) {
    throw explained(error, url.href);
  }
}

/** Where an answer sends its reader on to; undefined for one that is the page itself. */
async function redirectOf(response: Response, url: URL, uri: string): Promise<URL | undefined> {
  const location = response.headers.get("location");
  if (response.status < 300 || response.status > 399 || location === null) return undefined;
  await response.body?.cancel();
  if (!URL.canParse(location, url.href))
    throw new EvidenceError("fetch_failed", `${uri} redirects to something that is no URL.`);
  return pageUrl(new URL(location, url).href);
}

async function pageOf(response: Response, o: { uri: string; url: URL; maxBytes: number }): Promise<FetchedPage> {
  const { uri, url, maxBytes } = o;
  if (!response.ok) {
    await response.body?.cancel();
    throw refusalOf(response, uri, url);
  }
  try {
    const { bytes, isCut } = await readBody(response, maxBytes);
    if (isCut) {
      const message = `${uri} is larger than ${Math.floor(maxBytes / 1048576)} MiB: give a smaller source.`;
      throw new EvidenceError("too_large", message);
    }
    const mediaType = response.headers.get("content-type") ?? "application/octet-stream";
    return { bytes, mediaType, name: uri, finalUri: url.href, headers: pageHeaders(response.headers, url) };
  } catch (error) {
    throw explained(error, uri);
  }
}

async function textOf(response: Response, url: URL, maxBytes: number): Promise<string> {
  try {
    return new TextDecoder().decode((await readBody(response, maxBytes)).bytes);
  } catch (error) {
    throw explained(error, url.href);
  }
}

async function readBody(response: Response, maxBytes: number): Promise<{ bytes: Uint8Array; isCut: boolean }> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of response.body ?? []) {
    if (!(part instanceof Uint8Array)) continue;
    size += part.length;
    if (size > maxBytes) {
      parts.push(part.subarray(0, part.length - (size - maxBytes)));
      // Leaving the loop cancels the rest.
      break;
    }
    parts.push(part);
  }
  return { bytes: Buffer.concat(parts), isCut: size > maxBytes };
}

function refusalOf({ status, headers }: Response, uri: string, url: URL): EvidenceError {
  const said = `${uri} answered with status ${status}`;
  const waitMs = retryAfter(headers.get("retry-after"));
  if (status === 429 || (status === 503 && waitMs !== undefined)) return new AskedToWait(url.host, waitMs ?? REST_MS);
  if (status === 404 || status === 410)
    return new EvidenceError("dead_link", `${said}: the page does not exist (any more); look for another source.`);
  if (status === 401 || status === 402 || status === 403 || status === 451)
    return new EvidenceError(
      "needs_login",
      `${said}: it wants a login or payment, or no robots; give the text as a file.`,
    );
  return new EvidenceError("fetch_failed", `${said}: try again later, or look for another source.`);
}

const NO_SUCH_HOST: ReadonlySet<unknown> = new Set(["ENOTFOUND", "EAI_NONAME", "EAI_NODATA"]);

/** A sentence for what went wrong on the way. What stopped the caller stays what it is. */
function explained(error: unknown, uri: string): unknown {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof EvidenceError) return cause;
    if (cause.name === "TimeoutError")
      return new EvidenceError("timed_out", `${uri} did not answer in ${DEADLINE_MS / 1000} s: try again later.`, {
        cause: error,
      });
    if (cause.name === "AbortError") return error;
    if ("code" in cause && NO_SUCH_HOST.has(cause.code)) {
      const message = `${uri} leads nowhere: there is no such host, or no network; look for another source.`;
      return new EvidenceError("dead_link", message, { cause: error });
    }
  }
  const reason = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
  return new EvidenceError("fetch_failed", `${uri} cannot be fetched: ${reason}.`, { cause: error });
}
