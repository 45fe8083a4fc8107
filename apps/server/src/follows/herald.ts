import { setTimeout as sleep } from "node:timers/promises";
import type { RunEvents } from "@vibewriter/backbone";
import { type Choir, concerns } from "@vibewriter/choir";
import { messageOf } from "../errors.js";
import type { Log } from "../log.js";
import { eventsOf } from "./follow.js";
import type { Following } from "./following.js";
import { followedNews, newsId } from "./news-event.js";

export interface HeraldOptions {
  readonly events: Pick<RunEvents, "append">;
  readonly choir: Pick<Choir, "newsAfter" | "onChange">;
  readonly following: () => Iterable<Following>;
  readonly log: Log;
}

/** News that are read at a time. */
const BATCH = 200;
const PAUSE_MS = 1_000;

/**
 * Puts what happens to what is followed on the event stream. It keeps no position: in each process it begins where the oldest subscription
 * did, and so do the effects that count only since the index was made again; what is on the event stream is not put there twice, because its id
 * is made from the subscription and the effect.
 */
export class Herald implements AsyncDisposable {
  readonly #o: HeraldOptions;
  readonly #listening: Disposable;
  readonly #closing = new AbortController();
  readonly #running: Promise<void>;
  #position = Number.POSITIVE_INFINITY;
  #backTo = Number.POSITIVE_INFINITY;
  #wake: () => void = () => undefined;

  constructor(o: HeraldOptions) {
    this.#o = o;
    this.#goBackToTheFirst();
    this.#listening = o.choir.onChange(({ remade }) => {
      if (remade) this.#goBackToTheFirst();
      this.#wake();
    });
    this.#running = this.#run();
  }

  /** Has everything behind a position looked at, again if need be. */
  goBackTo(position: number): void {
    this.#backTo = Math.min(this.#backTo, position);
    this.#wake();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listening[Symbol.dispose]();
    this.#closing.abort();
    this.#wake();
    await this.#running;
  }

  #goBackToTheFirst(): void {
    for (const { follow } of this.#o.following()) this.#backTo = Math.min(this.#backTo, follow.since);
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      const woken = new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      try {
        if (await this.#batch()) continue;
      } catch (error) {
        if (!signal.aborted) this.#o.log.write("error", "news not told", { error: messageOf(error) });
        await sleep(PAUSE_MS, undefined, { signal }).catch(() => undefined); // Closed while waiting.
        continue;
      }
      await woken;
    }
  }

  /** Says whether there may be more. */
  async #batch(): Promise<boolean> {
    this.#position = Math.min(this.#position, this.#backTo);
    this.#backTo = Number.POSITIVE_INFINITY;
    if (this.#position === Number.POSITIVE_INFINITY) return false;
    const all = await this.#o.choir.newsAfter(this.#position, BATCH);
    for (const news of all) {
      for (const following of this.#o.following()) {
        const { follow } = following;
        if (this.#closing.signal.aborted) return false;
        if (news.seq <= follow.since || !concerns(follow.subject, news)) continue;
        const event = followedNews(follow, news);
        await this.#o.events.append(eventsOf(follow.id), "news", event, { id: newsId(event) });
        following.wake();
      }
      this.#position = news.seq;
    }
    return all.length > 0;
  }
}
