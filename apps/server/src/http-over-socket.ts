import { type IncomingMessage, request } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { codeOf, ServerError } from "./errors.js";

export interface SocketRequest {
  readonly socket: string;
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  /** Instead of a body: bytes that are sent as they come. */
  readonly content?: AsyncIterable<Uint8Array>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Until the head of the answer is there, in milliseconds. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

/** One HTTP request over a unix socket; resolves with the head of the answer. Throws ServerError unreachable or timeout. */
export function send(o: SocketRequest): Promise<IncomingMessage> {
  const body = o.body === undefined ? undefined : JSON.stringify(o.body);
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        socketPath: o.socket,
        method: o.method,
        path: o.path,
        signal: o.signal,
        // A connection kept from an earlier server of this home would be dead.
        agent: false,
        headers: { ...o.headers, ...headersOf(o) },
      },
      (incoming) => {
        clearTimeout(timer);
        resolve(incoming);
      },
    );
    const timer = setTimeout(() => {
      outgoing.destroy(new ServerError("timeout", "The server does not answer; run `vibewriter stop` and try again."));
    }, o.timeoutMs);
    outgoing.on("error", (cause) => {
      clearTimeout(timer);
      reject(cause instanceof ServerError || codeOf(cause) === "ABORT_ERR" ? cause : unreachable(cause));
    });
    if (o.content === undefined) outgoing.end(body);
    else pipeline(Readable.from(o.content), outgoing).catch((error) => outgoing.destroy(error));
  });
}

/**
 * Of a request that sends something. `keep-alive`, because a server that refuses what it has not read yet would otherwise close the
 * connection together with its answer, and the kernel drops an answer that is closed over unread bytes.
 */
function headersOf({ body, content }: SocketRequest): Record<string, string> {
  if (content !== undefined) return { connection: "keep-alive" };
  return body === undefined ? {} : { connection: "keep-alive", "content-type": "application/json" };
}

/** The whole body as text, of at most 64 MiB. */
export async function textOf(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of incoming) {
      const bytes: Buffer = chunk;
      length += bytes.length;
      if (length > 64 * 1024 * 1024) throw new ServerError("internal", "The server's answer is too large to read.");
      chunks.push(bytes);
    }
  } catch (cause) {
    throw cause instanceof ServerError ? cause : unreachable(cause);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** What a broken or refused connection means to a person. */
export function unreachable(cause: unknown): ServerError {
  return new ServerError("unreachable", "The server of this home has ended; run the command again.", { cause });
}
