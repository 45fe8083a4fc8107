import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { articleIdSchema, canonicalJson } from "../articles/article.js";
import { authorKeySchema } from "../articles/signer.js";
import { economySchema } from "./config.js";
import { factSchema } from "./facts.js";
import { currencySchema, unitsSchema } from "./money.js";
import { monthSchema } from "./months.js";

const pair = `${idPattern()}:${idPattern()}`;
const claim = `${idPattern()}@[0-9a-f]{64}`;
const ACCOUNT = new RegExp(
  `^(treasury|issuance|sponsor:[a-z0-9][a-z0-9-]{0,39}|(author|granted):[A-Za-z0-9_-]{43}|stake:${idPattern()}|pending:(${pair}|${claim})|budget:\\d{4}-\\d{2})$`,
);

export const entrySchema = z.strictObject({
  account: z.string().regex(ACCOUNT, "must be an account of the ledger"),
  currency: currencySchema,
  /** Smallest units; negative takes out of the account. */
  amount: unitsSchema,
});
export type Entry = z.output<typeof entrySchema>;

/** What a posting follows from. */
export const causeSchema = z.discriminatedUnion("type", [
  ...factSchema.options,
  /** Time that has passed. */
  z.strictObject({ type: z.literal("due") }),
  /** The numbers that hold from here on; with the first one the ledger begins. */
  z.strictObject({ type: z.literal("rules"), economy: economySchema }),
  /** An operator says that a sponsor has paid. `reference` names the payment. */
  z.strictObject({ type: z.literal("fund"), month: monthSchema, reference: z.string().min(1).max(200) }),
]);
export type Cause = z.output<typeof causeSchema>;

export const KINDS = [
  "genesis",
  "rules",
  "fund",
  "grant",
  "stake",
  "refund",
  "novelty",
  "release",
  "expiry",
  "cited",
  "citation",
  "vest",
  "retracted",
  "clawback",
  "close",
] as const;
export type PostingKind = (typeof KINDS)[number];

/**
 * One change of the ledger, all of it or nothing. `key` says what it is and happens once for ever. The entries of each
 * currency sum to zero. A posting without entries says that nothing was paid, and why.
 */
export const postingSchema = z
  .strictObject({
    key: z.string().min(1).max(300),
    kind: z.enum(KINDS),
    /** When it counts, ISO 8601: never before the posting in front of it. */
    at: z.iso.datetime(),
    /** The author whom it is about. */
    author: authorKeySchema.optional(),
    /** The article whose doing it is. */
    article: articleIdSchema.optional(),
    cause: causeSchema,
    /** Why nothing was paid, or what was done, for a person. */
    note: z.string().max(300).optional(),
    entries: z.array(entrySchema).max(8),
  })
  .refine(({ entries }) => balances(entries), "the entries of a currency do not sum to zero");
export type Posting = z.output<typeof postingSchema>;

/** A posting as it is written: canonical JSON, equal postings give equal text. */
export function postingJson(posting: Posting): string {
  return canonicalJson({
    ...posting,
    entries: posting.entries.map((entry) => ({ ...entry, amount: `${entry.amount}` })),
  });
}

export function isSame(a: Posting, b: Posting): boolean {
  return a === b || isDeepStrictEqual(a, b) || postingJson(a) === postingJson(b);
}

export function balances(entries: readonly Entry[]): boolean {
  const sums = new Map<string, bigint>();
  for (const { currency, amount } of entries) sums.set(currency, (sums.get(currency) ?? 0n) + amount);
  return [...sums.values()].every((sum) => sum === 0n);
}

function idPattern(): string {
  return "[0-9a-f]{24}";
}
