import { type Account, type Currency, formatAmount } from "@vibewriter/choir";
import type { AuthorBalance, LedgerBalances } from "./api.js";

/** Accounts as people look at them: what each author has, and the rest. */
export function balancesOf(accounts: readonly Account[]): LedgerBalances {
  const sums = new Map<string, bigint>();
  const authors = new Set<string>();
  for (const { account, currency, amount, author } of accounts) {
    if (author === undefined) continue;
    authors.add(author);
    const name = nameOf(author, kindOf(account), currency);
    sums.set(name, (sums.get(name) ?? 0n) + amount);
  }
  const of = (author: string, kind: string, currency: Currency) =>
    formatAmount(sums.get(nameOf(author, kind, currency)) ?? 0n, currency);
  return {
    authors: [...authors].sort().map(
      (author): AuthorBalance => ({
        author,
        CHIP: {
          available: of(author, "author", "CHIP"),
          granted: of(author, "granted", "CHIP"),
          staked: of(author, "stake", "CHIP"),
          pending: of(author, "pending", "CHIP"),
        },
        USDC: { available: of(author, "author", "USDC"), pending: of(author, "pending", "USDC") },
      }),
    ),
    common: accounts
      .filter(({ author }) => author === undefined)
      .map(({ account, currency, amount }) => ({ account, currency, amount: formatAmount(amount, currency) })),
  };
}

function kindOf(account: string): string {
  return account.split(":", 1)[0] ?? "";
}

function nameOf(author: string, kind: string, currency: Currency): string {
  return `${author} ${kind} ${currency}`;
}
