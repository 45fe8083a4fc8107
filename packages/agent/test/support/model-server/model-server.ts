import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { type Brain, isRefusal, type ModelRefusal, type ModelReply, type ModelRequest } from "./brain.js";
import type { Protocol, StreamEvent } from "./protocol.js";

/** A model on loopback that speaks a provider's protocol, whole or as a stream, and says what a brain decides. */
export class ModelServer implements AsyncDisposable {
  /** The variables by which models of the provider find it. */
  readonly keys: Readonly<Record<string, string>>;
  readonly url: string;
  /** Every question, in order. */
  readonly asked: ModelRequest[] = [];
  readonly #close: () => Promise<void>;

  private constructor(protocol: Protocol, url: string, close: () => Promise<void>) {
    this.url = url;
    this.keys = protocol.variables(url);
    this.#close = close;
  }

  static async open(protocol: Protocol, brain: Brain): Promise<ModelServer> {
    const server = createServer(async (request, response) => {
      try {
        const { url: path = "" } = request;
        if (request.method !== "POST" || !protocol.path.test(path)) return void response.writeHead(404).end("{}");
        const body = await text(request);
        const { headers } = request;
        const key = headers["x-api-key"] ?? headers["x-goog-api-key"] ?? headers.authorization;
        const asked: ModelRequest = {
          ...protocol.parse(JSON.parse(body), path),
          ...{ number: served.asked.length + 1, body, key: typeof key === "string" ? key : undefined },
        };
        served.asked.push(asked);
        await answer(response, protocol, asked, brain);
      } catch (error) {
        // What the protocol does not allow is told as the provider would: the test sees it as a failed call.
        if (response.headersSent) return void response.destroy();
        const refusal = { status: 400, type: "invalid_request_error", message: String(error) };
        json(response, 400, protocol.refusal(refusal));
      }
    });
    server.keepAliveTimeout = 60_000;
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const served = new ModelServer(protocol, `http://127.0.0.1:${port}`, async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    });
    return served;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#close();
  }
}

async function answer(response: ServerResponse, protocol: Protocol, asked: ModelRequest, brain: Brain): Promise<void> {
  const reply = await brain(asked);
  const id = `msg_${asked.number}`;
  if (isRefusal(reply) && !reply.inStream) return refuse(response, protocol, reply);
  if (isRefusal(reply))
    return await stream(response, protocol, {
      reply: { text: "Well, where do I begin with that?" },
      id,
      broken: reply,
    });
  if (reply.delayMs !== undefined) await sleep(reply.delayMs);
  if (asked.stream) return await stream(response, protocol, { reply, id });
  if (reply.cut !== undefined) return void response.destroy();
  json(response, 200, protocol.whole(reply, id));
}

function refuse(response: ServerResponse, protocol: Protocol, refusal: ModelRefusal): void {
  if (refusal.retryAfter !== undefined) response.setHeader("retry-after", String(refusal.retryAfter));
  json(response, refusal.status, protocol.refusal(refusal));
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

async function stream(
  response: ServerResponse,
  protocol: Protocol,
  o: { reply: ModelReply; id: string; broken?: ModelRefusal },
): Promise<void> {
  const isLines = protocol.framing === "lines";
  const type = isLines ? "application/x-ndjson" : "text/event-stream";
  response.writeHead(200, { "content-type": type, "cache-control": "no-cache" });
  const frame = isLines ? lineOf : eventOf;
  let sent = 0;
  for (const event of protocol.stream(o.reply, o.id)) {
    if (response.destroyed) return;
    if (o.broken !== undefined && sent === 3) {
      const failure = protocol.refusalEvent(o.broken);
      return void response.end(frame(failure));
    }
    if (o.reply.cut !== undefined && sent >= o.reply.cut.after) {
      if (o.reply.cut.how === "cleanly") response.end();
      if (o.reply.cut.how === "connection") response.destroy();
      return;
    }
    // A slow reader is waited for; one that has gone is not.
    if (!response.write(frame(event))) await sleep(1);
    if (o.reply.pieceMs !== undefined) await sleep(o.reply.pieceMs);
    sent++;
  }
  response.end();
}

function eventOf({ event, data }: StreamEvent): string {
  return `${event === undefined ? "" : `event: ${event}\n`}data: ${data}\n\n`;
}

function lineOf({ data }: StreamEvent): string {
  return `${data}\n`;
}
