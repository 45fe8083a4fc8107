import type { Caller } from "../call.js";
import { type Novelty, NoveltyAnswer } from "./api.js";

/** A long article in a large knowledge base takes seconds; a paid embedder may take longer. */
const SLOW_MS = 120_000;

/** Why articles score what they do, for the clients of a home. Failures are ServerErrors. */
export class NoveltyClient {
  readonly #caller: Caller;

  constructor(caller: Caller) {
    this.#caller = caller;
  }

  /** Of an article that is published. */
  async explain(article: string): Promise<Novelty> {
    const path = `/v1/kb/novelty/${encodeURIComponent(article)}`;
    return (await this.#caller.call("GET", path, NoveltyAnswer, { timeoutMs: SLOW_MS })).novelty;
  }

  /** Of a draft, as if it were published now; nothing is written. */
  async assess(markdown: string): Promise<Novelty> {
    const o = { body: { markdown }, timeoutMs: SLOW_MS };
    return (await this.#caller.call("POST", "/v1/kb/novelty", NoveltyAnswer, o)).novelty;
  }
}
