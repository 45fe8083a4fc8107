import type { IncomingMessage, ServerResponse } from "node:http";
import { z } from "zod";
import type { Exchange } from "./exchange.js";
import type { DoorHandler } from "./http-door.js";
import { Refusal } from "./refusal.js";

/** A VM as those see it who answer its programs. */
export interface BridgeVm {
  readonly id: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** What a tool is, for a program that looks around. */
export interface BridgeTool {
  name: string;
  description: string;
  /** JSON Schema of its arguments. */
  parameters: unknown;
}

export interface BridgeCall {
  vm: BridgeVm;
  name: string;
  /** A JSON object, as the program wrote it: the tool checks it. */
  args: Record<string, unknown>;
  /** What the program says it works for (`VIBEWRITER_SCOPE` in its environment). A claim of the VM, and no more. */
  scope?: string;
  signal: AbortSignal;
}

/** The answer of a tool: a JSON value, or why there is none, in a sentence for whoever wrote the program. */
export type BridgeAnswer = { result: unknown } | { error: { code: string; message: string } };

/** Tools that programs in a VM may call over the bridge, passed in by whoever knows them. */
export interface BridgeTools {
  list(vm: BridgeVm, scope?: string): Promise<BridgeTool[]>;
  /** Undefined: there is no such tool for this VM. */
  call(call: BridgeCall): Promise<BridgeAnswer | undefined>;
}

export interface BridgeSession {
  readonly vm: BridgeVm;
  /** Calls of this VM that are under way. */
  callsNow: number;
}

const maxArgumentBytes = 262_144;
const maxResultBytes = 4 * 1024 * 1024;
const maxCallsAtOnce = 8;
const callMs = 120_000;
const toolPath = /^\/v1\/tools\/([A-Za-z0-9_-]{1,64})$/;
const scopeHeader = z
  .string()
  .regex(/^[A-Za-z0-9._:-]{1,128}$/)
  .optional();

/** The bridge door: `GET /v1/tools`, `POST /v1/tools/<name>`, JSON in and out. */
export class BridgeDoor implements DoorHandler<BridgeSession> {
  readonly #tools: BridgeTools | undefined;

  constructor(tools: BridgeTools | undefined) {
    this.#tools = tools;
  }

  async request(exchange: Exchange, session: BridgeSession, request: IncomingMessage, response: ServerResponse) {
    try {
      exchange.account.countRequest();
      const { status, value } = await this.#answer(exchange, session, request);
      send(exchange, response, status, value);
    } catch (error) {
      const why: unknown = exchange.signal.aborted ? exchange.signal.reason : error;
      if (!(why instanceof Refusal) || response.headersSent) throw error;
      send(exchange, response, why.status, { error: { code: why.code, message: why.message } });
      throw why;
    }
  }

  async #answer(exchange: Exchange, session: BridgeSession, request: IncomingMessage) {
    const { pathname } = new URL(request.url ?? "/", "http://bridge");
    const scope = scopeHeader.safeParse(request.headers["x-vibewriter-scope"]).data;
    if (request.method === "GET" && pathname === "/v1/tools") {
      exchange.allow();
      return { status: 200, value: { tools: (await this.#tools?.list(session.vm, scope)) ?? [] } };
    }
    const name = request.method === "POST" ? toolPath.exec(pathname)?.[1] : undefined;
    if (name === undefined) {
      throw new Refusal("unknown_tool", "There is nothing here; use GET /v1/tools or POST /v1/tools/<name>.");
    }
    exchange.describe({ name });
    const args = await readArguments(request, exchange);
    if (session.callsNow >= maxCallsAtOnce) {
      throw new Refusal("too_many_connections", `At most ${maxCallsAtOnce} calls run at once; wait for one to end.`);
    }
    session.callsNow++;
    try {
      const answer = await this.#call({ ...session, name, args, scope }, exchange);
      if (answer === undefined)
        throw new Refusal("unknown_tool", `There is no tool ${name}; GET /v1/tools lists them.`);
      return { status: "error" in answer ? 422 : 200, value: answer };
    } finally {
      session.callsNow--;
    }
  }

  async #call(call: Omit<BridgeCall, "signal">, exchange: Exchange): Promise<BridgeAnswer | undefined> {
    const { vm, name, args, scope } = call;
    const late = setTimeout(() => exchange.abort(timedOut(name)), callMs);
    exchange.allow();
    const isOver = new Promise<never>((_, reject) => {
      exchange.signal.addEventListener("abort", () => reject(exchange.signal.reason), { once: true });
    });
    const ask = async () => await this.#tools?.call({ vm, name, args, scope, signal: exchange.signal });
    try {
      return await Promise.race([ask(), isOver]);
    } catch (cause) {
      exchange.signal.throwIfAborted();
      // A tool says what a program may know in its answer; what it throws is for the host's log.
      throw new Refusal("tool_failed", `The tool ${name} failed on the host; try again later.`, { cause });
    } finally {
      clearTimeout(late);
    }
  }
}

async function readArguments(request: IncomingMessage, exchange: Exchange): Promise<Record<string, unknown>> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    exchange.signal.throwIfAborted();
    exchange.count("up", part.length);
    size += part.length;
    if (size > maxArgumentBytes) {
      throw new Refusal("too_large", `A tool takes at most ${maxArgumentBytes} bytes of arguments; send less.`);
    }
    parts.push(part);
  }
  const parsed = z.record(z.string(), z.unknown()).safeParse(json(Buffer.concat(parts).toString("utf8") || "{}"));
  if (!parsed.success) throw new Refusal("bad_arguments", "The body must be a JSON object: the tool's arguments.");
  return parsed.data;
}

function send(exchange: Exchange, response: ServerResponse, status: number, value: unknown): void {
  const body = Buffer.from(JSON.stringify(value));
  if (body.length > maxResultBytes) {
    throw new Refusal(
      "too_large",
      `The answer takes ${body.length} bytes, more than the bridge passes on; ask for less.`,
    );
  }
  exchange.describe({ status });
  exchange.count("down", body.length);
  response.writeHead(status, { "content-type": "application/json", "content-length": body.length });
  response.end(body);
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function timedOut(name: string): Refusal {
  return new Refusal("timed_out", `The tool ${name} did not answer within ${callMs / 1000} s; try again with less.`);
}
