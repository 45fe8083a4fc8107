import { z } from "zod";
import { asError, type Caller, parseJson } from "../call.js";
import { send, textOf } from "../http-over-socket.js";
import { parseEvents } from "../sse.js";
import { FollowAnswer, FollowEvent, type FollowInfo, FollowsAnswer, FollowTest } from "./api.js";

/** Four missed heartbeats: the connection is dead although nobody said so. */
const SILENCE_MS = 60_000;

/** What a home follows, for its clients. Failures are ServerErrors. */
export class FollowsClient {
  readonly #caller: Caller;

  constructor(caller: Caller) {
    this.#caller = caller;
  }

  async list(): Promise<FollowInfo[]> {
    return (await this.#caller.call("GET", "/v1/follows", FollowsAnswer)).follows;
  }

  /** @param subject `author:KEY`, `tag:TAG` or `article:ID` */
  add(subject: string, webhook?: string): Promise<FollowAnswer> {
    return this.#caller.call("POST", "/v1/follows", FollowAnswer, { body: { subject, webhook } });
  }

  async remove(id: string): Promise<void> {
    await this.#caller.call("DELETE", pathOf(id), z.object({}));
  }

  /** Sends a test to its webhook. */
  test(id: string): Promise<FollowTest> {
    return this.#caller.call("POST", pathOf(id, "/test"), FollowTest, { timeoutMs: 60_000 });
  }

  /**
   * News as they come, until `signal` aborts or the connection ends.
   * @param o.after a place on the event stream to begin behind; default: its end
   */
  async *watch(o: { id?: string; after?: number; signal?: AbortSignal } = {}): AsyncGenerator<FollowEvent> {
    const { id, after, signal } = o;
    const query = id === undefined ? "" : `?${new URLSearchParams({ follow: id })}`;
    const headers = {
      accept: "text/event-stream",
      ...(after === undefined ? {} : { "last-event-id": String(after) }),
    };
    const { socket } = this.#caller;
    const path = `/v1/follows/events${query}`;
    const incoming = await send({ socket, method: "GET", path, headers, timeoutMs: 30_000, signal });
    if (incoming.statusCode !== 200) throw asError(parseJson(await textOf(incoming)));
    incoming.setTimeout(SILENCE_MS, () => incoming.destroy());
    for await (const { event, data } of parseEvents(incoming)) {
      if (event === "failed") throw asError(parseJson(data));
      yield FollowEvent.parse(parseJson(data));
    }
  }
}

function pathOf(id: string, rest = ""): string {
  return `/v1/follows/${encodeURIComponent(id)}${rest}`;
}
