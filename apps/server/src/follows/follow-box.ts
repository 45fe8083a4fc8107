import type { RunEvents } from "@vibewriter/backbone";
import type { Box, Pending } from "../notify/box.js";
import { eventsOf } from "./follow.js";
import { FollowedNews } from "./followed-news.js";
import { notificationOfNews } from "./news-event.js";

/** Each step of a delivery writes the box anew, so it is small; the rest waits on the event stream. */
const ROOM = 32;

/**
 * What the receiver of a subscription has still to be told: a box that takes from the subscription's events as much as it has room for, so that
 * a receiver that is away for long misses nothing.
 */
export class FollowBox {
  readonly #events: Pick<RunEvents, "read">;
  readonly #box: Box;
  readonly #follow: string;
  #hasMore = true;

  constructor(o: { events: Pick<RunEvents, "read">; box: Box; follow: string }) {
    this.#events = o.events;
    this.#box = o.box;
    this.#follow = o.follow;
  }

  /** Tells that there are further events. */
  more(): void {
    this.#hasMore = true;
  }

  /** Whether more may wait on the event stream than is in the box. */
  get hasMore(): boolean {
    return this.#hasMore;
  }

  async pending(): Promise<Pending[]> {
    if (this.#hasMore) await this.#fill();
    return await this.#box.pending();
  }

  async remove(id: string): Promise<void> {
    await this.#box.remove(id);
  }

  async postpone(id: string, o: { notBefore: Date; error: string }): Promise<void> {
    await this.#box.postpone(id, o);
  }

  async #fill(): Promise<void> {
    const room = ROOM - (await this.#box.pending()).length;
    if (room <= 0) return;
    this.#hasMore = false;
    try {
      let taken = 0;
      const from = (await this.#box.position()) + 1;
      for await (const { seq, time, data } of this.#events.read(eventsOf(this.#follow), { from })) {
        if (taken === room) {
          this.#hasMore = true;
          return;
        }
        await this.#box.add(seq, notificationOfNews(FollowedNews.parse(data), time));
        taken += 1;
      }
    } catch (error) {
      this.#hasMore = true;
      throw error;
    }
  }
}
