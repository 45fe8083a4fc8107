import type { Caller } from "../call.js";
import {
  LedgerArticle,
  LedgerBalances,
  type LedgerFund,
  LedgerFunded,
  type LedgerPosting,
  LedgerPostings,
  LedgerVerification,
  MOST_POSTINGS,
} from "./api.js";

/** A ledger that begins late, or that is looked through whole, takes its time. */
const SLOW_MS = 10 * 60_000;

/** Who earned what, for the clients of a home. Authors are named by their keys or the beginning of one. */
export class LedgerClient {
  readonly #caller: Caller;

  constructor(caller: Caller) {
    this.#caller = caller;
  }

  /** Of all authors, or of one. */
  async balances(author?: string): Promise<LedgerBalances> {
    return await this.#caller.call("GET", `/v1/ledger/balances${query({ author })}`, LedgerBalances, slow);
  }

  /** Postings, the newest first; `before` is the `seq` of the last one of the page before. */
  async postings(o: { author?: string; before?: number; limit: number }): Promise<LedgerPosting[]> {
    return (await this.#caller.call("GET", `/v1/ledger/postings${query(o)}`, LedgerPostings, slow)).postings;
  }

  /** The stake and the novelty reward of an article; 0 for one that the ledger does not have. */
  async article(id: string): Promise<LedgerArticle> {
    return await this.#caller.call("GET", `/v1/ledger/articles/${encodeURIComponent(id)}`, LedgerArticle);
  }

  /** All postings, the newest first, in pages. */
  async *all(): AsyncGenerator<LedgerPosting[], void, undefined> {
    for (let before: number | undefined; ; ) {
      const page = await this.postings({ before, limit: MOST_POSTINGS });
      if (page.length > 0) yield page;
      if (page.length < MOST_POSTINGS) return;
      before = page.at(-1)?.seq;
    }
  }

  async verify(): Promise<LedgerVerification> {
    return await this.#caller.call("POST", "/v1/ledger/verify", LedgerVerification, slow);
  }

  async fund(body: LedgerFund): Promise<LedgerFunded> {
    return await this.#caller.call("POST", "/v1/ledger/funds", LedgerFunded, { body, ...slow });
  }
}

const slow = { timeoutMs: SLOW_MS };

function query(values: Record<string, string | number | undefined>): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) if (value !== undefined) parameters.set(name, `${value}`);
  return parameters.size === 0 ? "" : `?${parameters}`;
}
