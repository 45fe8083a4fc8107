import type { z } from "zod";
import { ApiError } from "./api.js";
import { ServerError } from "./errors.js";
import { send, textOf } from "./http-over-socket.js";
import { parseEvents } from "./sse.js";

export interface CallOptions {
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
  /** Until the head of the answer is there, in milliseconds; default 30,000. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

export interface WorkOptions extends CallOptions {
  /** What the work says on its way, not yet parsed. */
  readonly onProgress?: (progress: unknown) => void;
}

/** Four missed heartbeats: the connection is dead although nobody said so. */
const SILENCE_MS = 60_000;

/** Requests to the owner process of one home; answers are parsed. Failures are ServerErrors. */
export class Caller {
  readonly socket: string;

  constructor(socket: string) {
    this.socket = socket;
  }

  /** One request, one answer. */
  async call<T>(method: string, path: string, schema: z.ZodType<T>, o: CallOptions = {}): Promise<T> {
    const incoming = await send({ socket: this.socket, method, path, ...o, timeoutMs: o.timeoutMs ?? 30_000 });
    const value = parseJson(await textOf(incoming));
    if ((incoming.statusCode ?? 500) >= 400) throw asError(value);
    return parseAnswer(schema, value);
  }

  /** A request for work that may take any time: the server shows with heartbeats that it is at it. An abort ends the work. */
  async work<T>(method: string, path: string, schema: z.ZodType<T>, options: WorkOptions = {}): Promise<T> {
    const { onProgress, ...o } = options;
    const headers = { ...o.headers, accept: "text/event-stream" };
    const incoming = await send({ socket: this.socket, method, path, ...o, headers, timeoutMs: o.timeoutMs ?? 30_000 });
    if (incoming.statusCode !== 200) throw asError(parseJson(await textOf(incoming)));
    incoming.setTimeout(SILENCE_MS, () => incoming.destroy());
    for await (const { event, data } of parseEvents(incoming)) {
      if (event === "progress") onProgress?.(parseJson(data));
      if (event === "failed") throw asError(parseJson(data));
      if (event === "done") return parseAnswer(schema, parseJson(data));
    }
    throw new ServerError("unreachable", "The server of this home ended before the work was done; try it again.");
  }
}

/** The error that a server's answer names. */
export function asError(value: unknown): ServerError {
  const parsed = ApiError.safeParse(value);
  if (!parsed.success) return new ServerError("internal", "The server failed; see logs/server.log in the home.");
  return new ServerError(parsed.data.error.code, parsed.data.error.message);
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const message = "The server's answer cannot be understood; run `vibewriter stop` and try again.";
    throw new ServerError("internal", message, { cause });
  }
}

function parseAnswer<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const message = "The server of this home is another version; run `vibewriter stop` and try again.";
  throw new ServerError("internal", message, { cause: parsed.error });
}
