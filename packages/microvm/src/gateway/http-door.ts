import { createServer, type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import type { Exchange } from "./exchange.js";
import { Refusal } from "./refusal.js";

/** Bytes of a request's, or an answer's, line and headers. */
export const maxHeaderBytes = 16_384;
const headersMs = 10_000;
/** What has been answered may take this long to reach the program before its connection is cut. */
const lingerMs = 5_000;

/** What one door does with a request. Throws Refusal, which is answered. */
export interface DoorHandler<S> {
  request(exchange: Exchange, session: S, request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** Gets a tunnel ready and returns what then passes its bytes: from there on nothing is answered in HTTP. Absent: CONNECT is refused. */
  connect?(exchange: Exchange, session: S, request: IncomingMessage): Promise<Tunnel>;
}

/** Passes bytes between a program and a server until both are done. `head` is what the program sent along with its CONNECT. */
export type Tunnel = (stream: Duplex, head: Buffer) => Promise<void>;

interface Visit<S> {
  exchange: Exchange;
  session: S;
  isAsked: boolean;
  slow: NodeJS.Timeout;
}

/**
 * HTTP from a hostile peer, by Node's own strict parser. One request a connection: nothing can hide behind another request's end, and
 * every connection has one audit record.
 */
export class HttpDoor<S> {
  readonly #server: Server;
  readonly #handler: DoorHandler<S>;
  readonly #visits = new WeakMap<Duplex, Visit<S>>();

  constructor(handler: DoorHandler<S>) {
    this.#handler = handler;
    this.#server = createServer({ maxHeaderSize: maxHeaderBytes, insecureHTTPParser: false, requireHostHeader: true });
    this.#server.maxHeadersCount = 0;
    this.#server.on("request", (request, response) => void this.#answer(request, response));
    this.#server.on("connect", (request, stream, head) => void this.#connect(request, stream, head));
    this.#server.on("clientError", (error, stream) => this.#fail(error, stream));
  }

  /** Takes a program's connection, and ends it and its exchange. */
  serve(stream: Duplex, exchange: Exchange, session: S): void {
    const slow = setTimeout(() => {
      const visit = this.#visits.get(stream);
      if (visit !== undefined) this.#refuse(stream, visit, slowRequest());
    }, headersMs);
    this.#visits.set(stream, { exchange, session, isAsked: false, slow });
    stream.once("close", () => {
      clearTimeout(slow);
      // Whatever is still under way for it has nobody to answer; without a request there is nothing to tell.
      exchange.abort(new Error("the program closed its connection"));
      if (!this.#visits.get(stream)?.isAsked) exchange.finish(exchange.signal.reason);
    });
    this.#server.emit("connection", stream);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // Kept, because the parser takes it out of the request when it is done with it.
    const stream: Duplex = request.socket;
    const visit = this.#begin(stream);
    if (visit === undefined) return;
    const { exchange, session } = visit;
    response.setHeader("connection", "close");
    response.once("close", () => linger(stream));
    try {
      exchange.describe({ method: request.method });
      await this.#handler.request(exchange, session, request, response);
      exchange.finish();
    } catch (error) {
      exchange.finish(error);
      if (response.headersSent && !response.writableEnded) stream.destroy();
      else if (!response.headersSent) answer(response, refusalOf(exchange, error));
    }
  }

  async #connect(request: IncomingMessage, stream: Duplex, head: Buffer): Promise<void> {
    const visit = this.#begin(stream);
    if (visit === undefined) return;
    const { exchange, session } = visit;
    // The parser has let go of the stream, and of its errors.
    stream.on("error", (error) => exchange.abort(error));
    let isOpen = false;
    try {
      exchange.describe({ method: "CONNECT" });
      if (this.#handler.connect === undefined) throw new Refusal("bad_request", "There are no tunnels at this door.");
      const tunnel = await this.#handler.connect(exchange, session, request);
      isOpen = true;
      stream.write("HTTP/1.1 200 Connection established\r\n\r\n");
      await tunnel(stream, head);
      exchange.finish();
    } catch (error) {
      exchange.finish(error);
      if (!isOpen) writeAnswer(stream, refusalOf(exchange, error));
    }
    linger(stream);
  }

  /** The visit of a connection's first request; a second one ends the connection. */
  #begin(stream: Duplex): Visit<S> | undefined {
    const visit = this.#visits.get(stream);
    if (visit === undefined || visit.isAsked) {
      stream.destroy();
      return undefined;
    }
    visit.isAsked = true;
    clearTimeout(visit.slow);
    return visit;
  }

  #fail(error: Error, stream: Duplex): void {
    const visit = this.#visits.get(stream);
    const isTooLarge = "code" in error && error.code === "HPE_HEADER_OVERFLOW";
    const refusal = isTooLarge
      ? new Refusal("headers_too_large", `The request's headers take more than ${maxHeaderBytes} bytes; send fewer.`)
      : new Refusal("bad_request", "This is no valid HTTP request.", { cause: error });
    if (visit === undefined || visit.isAsked) {
      visit?.exchange.abort(refusal);
      stream.destroy();
    } else this.#refuse(stream, visit, refusal);
  }

  #refuse(stream: Duplex, visit: Visit<S>, refusal: Refusal): void {
    visit.isAsked = true;
    visit.exchange.finish(refusal);
    writeAnswer(stream, refusal);
    linger(stream);
  }
}

/** An answer on a stream that no parser holds. */
export function writeAnswer(stream: Duplex, refusal: Refusal): void {
  if (!stream.writable) return;
  const body = `${refusal.message}\n`;
  const lines = [`HTTP/1.1 ${refusal.status} ${STATUS_CODES[refusal.status]}`];
  for (const [name, value] of Object.entries(headersOf(refusal))) lines.push(`${name}: ${value}`);
  lines.push(`content-length: ${Buffer.byteLength(body)}`, "connection: close", "", body);
  stream.end(lines.join("\r\n"));
}

function answer(response: ServerResponse, refusal: Refusal): void {
  const body = `${refusal.message}\n`;
  response.writeHead(refusal.status, { ...headersOf(refusal), "content-length": Buffer.byteLength(body) });
  response.end(body);
}

function headersOf(refusal: Refusal): Record<string, string> {
  const headers = { "content-type": "text/plain; charset=utf-8", "x-vibewriter-refusal": refusal.code };
  if (refusal.status === 429) return { ...headers, "retry-after": "60" };
  if (refusal.status === 407) return { ...headers, "proxy-authenticate": "Vibewriter" };
  return headers;
}

function slowRequest(): Refusal {
  return new Refusal("slow_request", "The request's headers did not come in time; send them at once.");
}

/** What a program is told of an error: of one that is no refusal, not more than that. */
function refusalOf({ signal }: Exchange, error: unknown): Refusal {
  const cause: unknown = signal.aborted ? signal.reason : error;
  if (cause instanceof Refusal) return cause;
  return new Refusal("bad_answer", "The server broke off or gave no valid answer; try again later.", { cause });
}

/** Lets what was written arrive, then cuts the connection. */
function linger(stream: Duplex): void {
  if (stream.destroyed) return;
  if (!stream.writableEnded) stream.end();
  const timer = setTimeout(() => stream.destroy(), lingerMs).unref();
  stream.once("close", () => clearTimeout(timer));
}
