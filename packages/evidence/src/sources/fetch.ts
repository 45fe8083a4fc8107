import { Agent, type Dispatcher, fetch, type Response } from "undici";
import { EvidenceError } from "../errors.js";
import { publicLookup, refuseLiteral } from "./address.js";
import type { SourceBytes } from "./read-file.js";

const USER_AGENT = "Vibewriter/0.1 (research agent; reads single pages for a person)";
const MAX_REDIRECTS = 5;
const DEADLINE_MS = 30_000;

/**
 * Fetches a page for reading: GET only, public addresses only (checked at every redirect and when the socket connects), no
 * cookies, no credentials, bounded in size and time.
 * @param o.maxBytes of the body after decompression
 * @param o.dispatcher makes the connections, for tests; the addresses in URLs are checked all the same
 * @throws EvidenceError `address_refused`, `fetch_failed`, `too_large`, `timed_out`
 */
export async function fetchPage(uri: string, o: { maxBytes: number; dispatcher?: Dispatcher }): Promise<SourceBytes> {
  const dispatcher =
    o.dispatcher ?? new Agent({ connect: { lookup: publicLookup(), timeout: 10_000 }, headersTimeout: 15_000 });
  const signal = AbortSignal.timeout(DEADLINE_MS);
  try {
    const response = await follow(pageUrl(uri), dispatcher, signal);
    if (!response.ok) {
      await response.body?.cancel();
      throw new EvidenceError("fetch_failed", `${uri} answered with status ${response.status}${adviceFor(response)}.`);
    }
    const mediaType = response.headers.get("content-type") ?? "application/octet-stream";
    return { bytes: await readBody(response, uri, o.maxBytes), mediaType, name: uri };
  } catch (error) {
    throw explained(error, uri);
  } finally {
    if (!o.dispatcher) await dispatcher.destroy();
  }
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

async function follow(start: URL, dispatcher: Dispatcher, signal: AbortSignal): Promise<Response> {
  let url = start;
  for (let hops = 0; hops <= MAX_REDIRECTS; hops++) {
    refuseLiteral(url);
    const response = await fetch(url, {
      method: "GET",
      redirect: "manual",
      dispatcher,
      signal,
      headers: {
        "user-agent": USER_AGENT,
        accept: "text/html,application/pdf,text/markdown,text/plain;q=0.9,*/*;q=0.5",
      },
    });
    const location = response.headers.get("location");
    if (response.status < 300 || response.status > 399 || location === null) return response;
    await response.body?.cancel();
    if (!URL.canParse(location, url.href))
      throw new EvidenceError("fetch_failed", `${start.href} redirects to something that is no URL.`);
    url = pageUrl(new URL(location, url).href);
  }
  throw new EvidenceError("fetch_failed", `${start.href} redirects more than ${MAX_REDIRECTS} times.`);
}

async function readBody(response: Response, uri: string, maxBytes: number): Promise<Uint8Array> {
  const declared = Number(response.headers.get("content-length") ?? 0);
  const parts: Uint8Array[] = [];
  let size = declared > maxBytes ? declared : 0;
  if (size === 0) {
    for await (const part of response.body ?? []) {
      if (!(part instanceof Uint8Array)) continue;
      size += part.length;
      if (size > maxBytes) break;
      parts.push(part);
    }
  }
  if (size > maxBytes) {
    if (!response.bodyUsed) await response.body?.cancel();
    throw new EvidenceError(
      "too_large",
      `${uri} is larger than ${Math.floor(maxBytes / 1048576)} MiB: give a smaller source.`,
    );
  }
  return Buffer.concat(parts);
}

function adviceFor(response: Response): string {
  if (response.status === 401 || response.status === 402 || response.status === 403)
    return ": it wants a login or forbids robots; give the text as a file";
  if (response.status === 429 || response.status === 503)
    return `: it asks to wait${response.headers.has("retry-after") ? ` ${response.headers.get("retry-after")} s` : ""}`;
  return response.status === 404 || response.status === 410 ? ": the page does not exist" : "";
}

function explained(error: unknown, uri: string): EvidenceError {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof EvidenceError) return cause;
    if (cause.name === "TimeoutError")
      return new EvidenceError("timed_out", `${uri} did not answer in ${DEADLINE_MS / 1000} s: try again later.`, {
        cause: error,
      });
  }
  const reason = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
  return new EvidenceError("fetch_failed", `${uri} cannot be fetched: ${reason}.`, { cause: error });
}
