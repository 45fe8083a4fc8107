import type { Caller } from "../call.js";
import { type Cite, CiteAnswer, RetractAnswer } from "./api.js";

/** What a person does with articles of their own. Failures are ServerErrors: `unknown_article`, `not_author`, `retracted` and the like. */
export class OwnArticlesClient {
  readonly #caller: Caller;

  constructor(caller: Caller) {
    this.#caller = caller;
  }

  /** Takes an article back for ever; returns whether it stood until now. */
  async retract(article: string, reason: string): Promise<{ article: string; first: boolean }> {
    return await this.#caller.call("POST", `${path(article)}/retraction`, RetractAnswer, { body: { reason } });
  }

  async cite(citing: string, citation: Cite): Promise<CiteAnswer> {
    return await this.#caller.call("POST", `${path(citing)}/citations`, CiteAnswer, { body: citation });
  }
}

function path(article: string): string {
  return `/v1/articles/${encodeURIComponent(article)}`;
}
