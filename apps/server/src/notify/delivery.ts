import { messageOf } from "../errors.js";
import type { Log } from "../log.js";
import type { Box, Pending } from "./box.js";
import { type Channel, DeliveryError } from "./channel.js";

/** Waits before the tries after the first: a day in all. */
const WAITS_MS = [5, 30, 120, 600, 1_800, 3_600, 7_200, 14_400, 28_800, 28_800].map((seconds) => seconds * 1_000);
/** After a failure of NATS itself. */
const PAUSE_MS = 1_000;

export interface DeliveryOptions {
  readonly box: Pick<Box, "pending" | "remove" | "postpone">;
  readonly channel: Channel;
  readonly log: Log;
  /** Milliseconds before each further try; as many tries as there are, and one. */
  readonly waits?: readonly number[];
}

/** Delivers what is in one box through one channel, the oldest first, each until it is taken or given up. */
export class Delivery implements AsyncDisposable {
  readonly #o: DeliveryOptions;
  readonly #waits: readonly number[];
  readonly #running: Promise<void>;
  #isClosed = false;
  #wake: () => void = () => undefined;

  constructor(o: DeliveryOptions) {
    this.#o = o;
    this.#waits = o.waits ?? WAITS_MS;
    this.#running = this.#run();
  }

  /** Tells that there is something new. */
  wake(): void {
    this.#wake();
  }

  /** Ends after the try under way; what is left is delivered when the home is opened again. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    this.#wake();
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#isClosed) {
      const woken = new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      await Promise.race([woken, pause(await this.#round())]);
    }
  }

  /** Tries everything that is due; returns the milliseconds until something is. */
  async #round(): Promise<number> {
    try {
      for (const one of await this.#o.box.pending()) {
        if (this.#isClosed) return 0;
        if (this.#msUntil(one) <= 0) await this.#try(one);
      }
      const left = await this.#o.box.pending();
      return Math.min(...left.map((one) => this.#msUntil(one)), LONG_MS);
    } catch (error) {
      this.#o.log.write("error", "notifications not read", { error: messageOf(error) });
      return PAUSE_MS;
    }
  }

  async #try({ notification, attempts }: Pending): Promise<void> {
    const { box, channel, log } = this.#o;
    const { id } = notification;
    try {
      await channel.send(notification);
    } catch (error) {
      const wait = this.#waits[attempts];
      const isOver = wait === undefined || (error instanceof DeliveryError && !error.retry);
      const fields = { channel: channel.name, id, attempt: attempts + 1, error: messageOf(error) };
      log.write(isOver ? "error" : "warn", isOver ? "notification given up" : "notification not delivered", fields);
      if (isOver) await box.remove(id);
      else await box.postpone(id, { notBefore: new Date(Date.now() + wait), error: messageOf(error) });
      return;
    }
    await box.remove(id);
    log.write("info", "notified", { channel: channel.name, id });
  }

  /** A clock that was set back must not hold anything longer than the longest wait. */
  #msUntil({ notBefore }: Pending): number {
    const ms = Date.parse(notBefore) - Date.now();
    return ms > Math.max(...this.#waits) ? 0 : ms;
  }
}

const LONG_MS = 60_000;

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(ms, 0)).unref());
}
