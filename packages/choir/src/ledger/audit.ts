import { isDeepStrictEqual } from "node:util";
import type { Fact } from "./facts.js";
import type { LedgerFile } from "./file.js";
import { CURRENCIES, type Currency, formatAmount } from "./money.js";
import { type Posting, postingJson } from "./posting.js";
import { Replay } from "./replay.js";

/** What an audit has looked at. */
export interface AuditReport {
  postings: number;
  accounts: number;
  facts: number;
  /** Novelty scores of another embedder than the one that measures now: taken as they were posted. */
  otherScores: number;
  /** The first thing that is not as it should be, in a sentence. */
  difference?: string;
}

/**
 * Derives a whole ledger again, from its stream and from what the knowledge base knows: every posting from its cause, every
 * cause from the stream of effects, every balance from the postings. It goes on only up to the first difference.
 */
export class Audit {
  readonly #file: LedgerFile;
  readonly #replay = new Replay();
  readonly #causes = new Map<number, Fact>();
  readonly #report: AuditReport = { postings: 0, accounts: 0, facts: 0, otherScores: 0 };

  constructor(file: LedgerFile) {
    this.#file = file;
  }

  /** The next postings of the stream. */
  postings(batch: readonly { seq: number; posting: Posting }[]): void {
    for (const { seq, posting } of batch) {
      if (this.#found()) return;
      this.#report.postings += 1;
      const { cause } = posting;
      if ("seq" in cause) this.#causes.set(cause.seq, cause);
      const difference = this.#replay.follow(posting);
      if (difference !== undefined) this.differ(difference);
      else this.#compareRow(seq, posting);
    }
  }

  /** All facts, when all postings were seen. */
  facts(batch: readonly Fact[]): void {
    for (const fact of batch) {
      if (this.#found()) return;
      this.#report.facts += 1;
      const cause = this.#causes.get(fact.seq);
      this.#causes.delete(fact.seq);
      if (cause) this.#compareCause(cause, fact);
      else {
        this.#replay.offerFact(fact);
        if (this.#replay.outstanding.length > 0) this.differ(`Effect ${fact.seq} (${fact.type}) was never posted.`);
      }
    }
  }

  /** When everything was seen. */
  end(): AuditReport {
    const [stranger] = this.#causes.values();
    if (stranger) this.differ(`Effect ${stranger.seq} was posted and is not one that the knowledge base has accepted.`);
    this.#compareBalances();
    return this.#report;
  }

  #compareRow(seq: number, posting: Posting): void {
    const row = this.#file.posting(seq);
    if (row === postingJson(posting)) return;
    const is = row === undefined ? "is not there" : `is ${row}`;
    this.differ(`The posting ${posting.key} in ledger.sqlite ${is} and should be ${postingJson(posting)}.`);
  }

  #compareCause(cause: Fact, fact: Fact): void {
    if (isDeepStrictEqual(cause, fact)) return;
    const isRemeasured =
      cause.type === "published" &&
      fact.type === "published" &&
      (cause.novelty.model !== fact.novelty.model || cause.novelty.formula !== fact.novelty.formula) &&
      isDeepStrictEqual({ ...cause, novelty: fact.novelty }, fact);
    if (isRemeasured) this.#report.otherScores += 1;
    else this.differ(`Effect ${fact.seq} is ${JSON.stringify(fact)} and was posted as ${JSON.stringify(cause)}.`);
  }

  #compareBalances(): void {
    const nameOf = (account: string, currency: Currency) => `${account} ${currency}`;
    const kept = new Map(this.#file.accounts().map((one) => [nameOf(one.account, one.currency), one.amount]));
    const derived = this.#replay.rules?.book.accounts() ?? [];
    this.#report.accounts = derived.length;
    for (const { account, currency, amount } of derived) {
      this.#compareBalance(account, currency, kept.get(nameOf(account, currency)) ?? 0n, amount);
      kept.delete(nameOf(account, currency));
    }
    for (const [name, amount] of kept) {
      const [account = "", currency = ""] = name.split(" ");
      if (currency in CURRENCIES) this.#compareBalance(account, currency as Currency, amount, 0n);
    }
  }

  #compareBalance(account: string, currency: Currency, is: bigint, should: bigint): void {
    if (is === should) return;
    const [shown, right] = [formatAmount(is, currency), formatAmount(should, currency)];
    this.differ(
      `The balance of ${account} in ledger.sqlite is ${shown} ${currency} and should be ${right} ${currency}.`,
    );
  }

  /** Notes the first difference. */
  differ(difference: string): void {
    this.#report.difference ??= difference;
  }

  #found(): boolean {
    return this.#report.difference !== undefined;
  }
}
