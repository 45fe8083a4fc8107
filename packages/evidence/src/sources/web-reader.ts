import { setTimeout as sleep } from "node:timers/promises";
import type { Dispatcher } from "undici";
import { type FetchedPage, fetchPage, fetchText, publicAgent, type Visit } from "./fetch.js";
import { disallowed, MOST_ROBOTS_BYTES, ROBOT, Robots } from "./robots.js";
import { AskedToWait, Visits } from "./visits.js";

/** Milliseconds between two requests to one host that does not say how many it wants. */
const GAP_MS = 1_000;
/** A server that asks to wait no longer than this is waited for, once. */
const PATIENCE_MS = 15_000;
const MOST_HOSTS = 1_000;

export interface WebReaderOptions {
  /** An address or a page of whoever is responsible for what is read, for those who run the servers. */
  readonly contact?: string;
  /** Makes the connections, for tests; default: to public addresses only. */
  readonly dispatcher?: Dispatcher;
  /** Milliseconds between two requests to one host that wants no other number; default: 1,000. */
  readonly gapMs?: number;
}

/**
 * Pages of the web as one process reads them, whichever runs want them: by the rules of their sites, one at a time from each host, and with a
 * name that says who reads.
 */
export class WebReader implements AsyncDisposable {
  readonly userAgent: string;
  readonly #dispatcher: Dispatcher;
  readonly #isOwn: boolean;
  readonly #gapMs: number;
  readonly #hosts = new Map<string, Visits>();
  readonly #robots: Robots;

  constructor(o: WebReaderOptions = {}) {
    this.userAgent = userAgentOf(o.contact);
    this.#dispatcher = o.dispatcher ?? publicAgent();
    this.#isOwn = o.dispatcher === undefined;
    this.#gapMs = o.gapMs ?? GAP_MS;
    this.#robots = new Robots((url) =>
      this.#hostOf(url).do(() => fetchText(url, { ...this.#access, maxBytes: MOST_ROBOTS_BYTES }), { gapMs: 0 }),
    );
  }

  /**
   * Fetches a page.
   * @throws EvidenceError as {@link fetchPage}, and `disallowed` where its site keeps robots out
   */
  async page(uri: string, o: { maxBytes: number; signal?: AbortSignal }): Promise<FetchedPage> {
    const visit: Visit = async (url, ask) => {
      const rules = await this.#robots.of(url);
      if (!rules.allows(url)) throw disallowed(url);
      const gapMs = Math.max(this.#gapMs, rules.gapMs ?? 0);
      return await this.#hostOf(url).do(() => patiently(ask, o.signal), { gapMs, signal: o.signal });
    };
    return await fetchPage(uri, { ...this.#access, ...o, visit });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isOwn) await this.#dispatcher.destroy();
  }

  get #access() {
    return { dispatcher: this.#dispatcher, userAgent: this.userAgent };
  }

  #hostOf({ host }: URL): Visits {
    const visits = this.#hosts.get(host) ?? new Visits(host);
    this.#hosts.set(host, visits);
    if (this.#hosts.size > MOST_HOSTS) {
      for (const [name, one] of this.#hosts) if (one !== visits && one.isIdle) this.#hosts.delete(name);
    }
    return visits;
  }
}

/** Who reads, and whom to ask about it. */
function userAgentOf(contact: string | undefined): string {
  const about = contact === undefined ? "" : `${contact.replace(/[^\x21-\x7e]/g, "")}; `;
  return `${ROBOT}/0.1 (${about}research agent; reads single pages for a person)`;
}

/** Once more for a server that wants a moment. */
async function patiently<T>(ask: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof AskedToWait) || error.waitMs > PATIENCE_MS) throw error;
    await sleep(error.waitMs, undefined, { signal });
    return await ask();
  }
}
