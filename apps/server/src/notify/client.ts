import type { Caller } from "../call.js";
import { NotifyStatus, NotifyTest } from "./api.js";
import type { ChannelName } from "./channel.js";

/** The notifications of a home, for its clients. Failures are ServerErrors. */
export class NotifyClient {
  readonly #caller: Caller;

  constructor(caller: Caller) {
    this.#caller = caller;
  }

  status(): Promise<NotifyStatus> {
    return this.#caller.call("GET", "/v1/notifications", NotifyStatus);
  }

  /** Sends a test through one channel, or all that are set up. */
  test(channel?: ChannelName): Promise<NotifyTest> {
    return this.#caller.call("POST", "/v1/notifications/test", NotifyTest, { body: { channel }, timeoutMs: 60_000 });
  }
}
