import { ChoirError } from "../errors.js";
import type { Currency } from "./money.js";
import { balances, type Entry, isSame, type Posting, type PostingKind } from "./posting.js";

/** Where money comes from: below zero by what has come out of it. Nothing else may be. */
const SOURCES: readonly { account: RegExp; kind: PostingKind }[] = [
  { account: /^issuance$/, kind: "genesis" },
  { account: /^sponsor:/, kind: "fund" },
];

/** Accounts that only some kinds of postings take out of; a grant can be staked and nothing else. */
const TAKEN_BY: readonly { account: RegExp; kinds: readonly PostingKind[] }[] = [
  { account: /^granted:/, kinds: ["stake"] },
  { account: /^stake:/, kinds: ["refund"] },
  { account: /^pending:/, kinds: ["vest", "release", "clawback", "expiry"] },
  { account: /^treasury$/, kinds: ["grant", "novelty"] },
  { account: /^budget:/, kinds: ["citation", "close"] },
  // There is no way out of the ledger yet but a stake.
  { account: /^author:/, kinds: ["stake"] },
];

/** Accounts, their balances and the postings that made them. */
export class Book {
  readonly #balances = new Map<string, bigint>();
  readonly #postings = new Map<string, Posting>();

  /**
   * Applies a posting, all of it or nothing.
   * @returns false if exactly this posting was applied before
   * @throws ChoirError `bad_posting` if it does not balance, takes what is not there, takes from an account of which its
   *   kind may not take, or has the key of another posting
   */
  post(posting: Posting): boolean {
    const { key, kind, entries } = posting;
    const before = this.#postings.get(key);
    if (before) {
      if (isSame(before, posting)) return false;
      throw bad(key, "another posting with this key is there");
    }
    if (!balances(entries)) throw bad(key, "its entries do not sum to zero");
    for (const { account, amount } of entries) {
      if (amount < 0n && !mayTake(account, kind)) throw bad(key, `a ${kind} may not take from ${account}`);
    }
    const changed = new Map<string, bigint>();
    for (const entry of entries) {
      const name = nameOf(entry);
      changed.set(name, (changed.get(name) ?? this.#balances.get(name) ?? 0n) + entry.amount);
    }
    for (const { account, ...entry } of entries) {
      const left = changed.get(nameOf({ account, ...entry })) ?? 0n;
      if (left < 0n && !SOURCES.some((source) => source.account.test(account))) {
        throw bad(key, `${account} does not have so many ${entry.currency}`);
      }
    }
    for (const [name, balance] of changed) {
      if (balance === 0n) this.#balances.delete(name);
      else this.#balances.set(name, balance);
    }
    this.#postings.set(key, posting);
    return true;
  }

  balance(account: string, currency: Currency): bigint {
    return this.#balances.get(nameOf({ account, currency })) ?? 0n;
  }

  has(key: string): boolean {
    return this.#postings.has(key);
  }

  /** Every account that is not empty, sorted by name. */
  accounts(): Entry[] {
    return [...this.#balances]
      .map(([name, amount]) => {
        const [account = "", currency = ""] = name.split(" ");
        return { account, currency: currency as Currency, amount };
      })
      .sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
  }
}

/** Two entries of which the second gets what the first loses; none for nothing. */
export function transfer(from: string, to: string, currency: Currency, amount: bigint): Entry[] {
  if (amount === 0n) return [];
  return [
    { account: from, currency, amount: -amount },
    { account: to, currency, amount },
  ];
}

function mayTake(account: string, kind: PostingKind): boolean {
  const source = SOURCES.find((one) => one.account.test(account));
  if (source) return source.kind === kind;
  return TAKEN_BY.find((one) => one.account.test(account))?.kinds.includes(kind) ?? false;
}

function nameOf({ account, currency }: Pick<Entry, "account" | "currency">): string {
  return `${account} ${currency}`;
}

function bad(key: string, why: string): ChoirError {
  return new ChoirError("bad_posting", `The posting ${key} is refused: ${why}. Run \`vibewriter ledger verify\`.`);
}
