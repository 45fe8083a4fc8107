import { z } from "zod";

/** What is said of the ledger between the owner process and its clients. Amounts are exact decimal text such as "4.50". */

const Amount = z.string();

/** What one author has: `granted` can only be staked, `pending` may still be clawed back. */
export const AuthorBalance = z.object({
  author: z.string(),
  CHIP: z.object({ available: Amount, granted: Amount, staked: Amount, pending: Amount }),
  USDC: z.object({ available: Amount, pending: Amount }),
});
export type AuthorBalance = z.infer<typeof AuthorBalance>;

/** `common`: what is no author's, such as the treasury and the months' budgets. */
export const LedgerBalances = z.object({
  authors: z.array(AuthorBalance),
  common: z.array(z.object({ account: z.string(), currency: z.string(), amount: Amount })),
});
export type LedgerBalances = z.infer<typeof LedgerBalances>;

/** A posting as the ledger has it: amounts of entries are smallest units. */
export const LedgerPosting = z.looseObject({
  seq: z.int(),
  key: z.string(),
  kind: z.string(),
  at: z.string(),
  author: z.string().optional(),
  article: z.string().optional(),
  note: z.string().optional(),
  entries: z.array(z.object({ account: z.string(), currency: z.enum(["CHIP", "USDC"]), amount: z.string() })),
});
export type LedgerPosting = z.infer<typeof LedgerPosting>;

export const LedgerPostings = z.object({ postings: z.array(LedgerPosting) });

/** `difference`: the first thing that is not as the rules and the streams say. */
export const LedgerVerification = z.object({
  postings: z.int(),
  accounts: z.int(),
  facts: z.int(),
  otherScores: z.int(),
  difference: z.string().optional(),
});
export type LedgerVerification = z.infer<typeof LedgerVerification>;

/** `month`: absent for the present one. */
export const LedgerFund = z.strictObject({
  amount: z.string().min(1).max(40),
  month: z.string().optional(),
  sponsor: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,39}$/, "must be a name of at most 40 small letters, digits and hyphens")
    .default("operator"),
  reference: z.string().trim().min(1).max(200),
});
export type LedgerFund = z.input<typeof LedgerFund>;

/** `first`: false when a payment of this sponsor and reference had been counted before; then nothing was added. */
export const LedgerFunded = z.object({ month: z.string(), budget: Amount, first: z.boolean() });
export type LedgerFunded = z.infer<typeof LedgerFunded>;

/** What became of an article when it was posted, in CHIP, and the same in words. */
export const LedgerArticle = z.object({ staked: Amount, rewarded: Amount, net: Amount, note: z.string() });
export type LedgerArticle = z.infer<typeof LedgerArticle>;

/** Postings of a page. */
export const MOST_POSTINGS = 1_000;
