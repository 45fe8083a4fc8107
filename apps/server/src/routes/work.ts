import type { Context } from "hono";
import { streamSSE } from "hono/streaming";
import { failedEvent } from "./http.js";

const HEARTBEAT_MS = 10_000;

/**
 * The answer to a request for work that may take any time: heartbeats and what the work tells as `progress`, then `done` with the result or
 * `failed`. `signal` aborts when the client gives up; what the work had made by then is its own to remove.
 */
export function answerWork(
  c: Context,
  work: (signal: AbortSignal, tell: (progress: unknown) => void) => Promise<unknown>,
): Response {
  return streamSSE(c, async (stream) => {
    const ended = new AbortController();
    stream.onAbort(() => ended.abort());
    const heartbeat = setInterval(() => void stream.write(": \n\n"), HEARTBEAT_MS);
    try {
      const tell = (progress: unknown) => void stream.writeSSE({ event: "progress", data: JSON.stringify(progress) });
      const result = await work(ended.signal, tell);
      await stream.writeSSE({ event: "done", data: JSON.stringify(result) });
    } catch (error) {
      await stream.writeSSE(failedEvent(error));
    } finally {
      clearInterval(heartbeat);
    }
  });
}
