import type { StoredMsg } from "@nats-io/jetstream";
import type { Link } from "./link.js";
import { lastOn, nextOn } from "./publish.js";
import type { ReadMessage, StreamReading } from "./reading.js";
import { matches } from "./subjects.js";

/** Between two looks when nothing was heard: news may be missed, as while we reconnect. */
const LONGEST_WAIT_MS = 5_000;
/** A message is heard of before it is stored, so the looks after the news come soon one after the other. */
const SHORTEST_WAIT_MS = 10;

/**
 * Reads a stream in order without a consumer, one message a request. For whoever may not make consumers: one that
 * delivers to a subject of its maker's choice would say there what its maker may not say himself.
 */
export async function* readDirectly(link: Link, o: StreamReading): AsyncGenerator<ReadMessage, void, undefined> {
  const [only = ">", ...more] = o.subjects;
  const filter = more.length === 0 ? only : ">";
  const end = o.live ? undefined : await endOf(link, o);
  using news = new News(link, o);
  for (let next = Math.max(1, o.from); !o.signal?.aborted; ) {
    if (end !== undefined && next > end) return;
    const message = await nextOn(link, o.stream, filter, next);
    if (message) {
      next = message.seq + 1;
      if (end !== undefined && message.seq > end) return;
      if (o.subjects.some((pattern) => matches(pattern, message.subject))) yield readable(message);
    } else if (end === undefined) {
      await news.wait();
    } else {
      return; // What was last has been deleted meanwhile.
    }
  }
}

async function endOf(link: Link, o: StreamReading): Promise<number> {
  const last = await Promise.all(o.subjects.map((subject) => lastOn(link, o.stream, subject)));
  return Math.max(0, ...last.map((message) => message?.seq ?? 0));
}

/** Hears of new messages; waits until there may be one. */
class News implements Disposable {
  readonly #link: Link;
  readonly #signal: AbortSignal;
  readonly #subscriptions: Disposable[];
  #waitMs = SHORTEST_WAIT_MS;
  #wake: () => void = () => undefined;

  constructor(link: Link, o: StreamReading) {
    this.#link = link;
    this.#signal = o.signal ? AbortSignal.any([o.signal, link.closed]) : link.closed;
    const heard = () => {
      this.#waitMs = SHORTEST_WAIT_MS;
      this.#wake();
    };
    this.#signal.addEventListener("abort", heard);
    this.#subscriptions = o.live
      ? o.subjects.map((subject) => {
          const subscription = link.connection.subscribe(`${link.newsPrefix}${subject}`, { callback: heard });
          return { [Symbol.dispose]: () => subscription.unsubscribe() };
        })
      : [];
    this.#subscriptions.push({ [Symbol.dispose]: () => this.#signal.removeEventListener("abort", heard) });
  }

  async wait(): Promise<void> {
    if (this.#signal.aborted) return;
    let timer: NodeJS.Timeout | undefined;
    await Promise.race([
      this.#link.nextReconnect(),
      new Promise<void>((resolve) => {
        this.#wake = resolve;
        timer = setTimeout(resolve, this.#waitMs);
      }),
    ]);
    clearTimeout(timer);
    this.#waitMs = Math.min(2 * this.#waitMs, LONGEST_WAIT_MS);
  }

  [Symbol.dispose](): void {
    for (const subscription of this.#subscriptions) subscription[Symbol.dispose]();
  }
}

function readable(message: StoredMsg): ReadMessage {
  const { seq, subject, data, time, header: headers } = message;
  return { seq, subject, data, time, headers, string: () => message.string(), json: <T>() => message.json<T>() };
}
