import { z } from "zod";
import { authorKeySchema } from "../articles/signer.js";
import { parseAmount } from "./money.js";

const chip = (fallback: string) => amount("CHIP", fallback);
const usdc = (fallback: string) => amount("USDC", fallback);
const days = (fallback: number) => z.int().min(1).max(3_650).default(fallback);

/**
 * All numbers of the economy. They stand in the ledger itself, and a change is a posting: what was posted before is
 * derived by the numbers that held then.
 */
export const economySchema = z.strictObject({
  /** CHIP an author gets with the first signed article; they can be staked and nothing else. */
  starterGrant: chip("100"),
  /** CHIP that an article locks up. */
  stake: chip("100"),
  /** After which the stake goes back. */
  stakeDays: days(30),
  /** CHIP that novelty may cost in a month, for everybody together. */
  noveltyMonth: chip("250000"),
  /** From when on a novelty reward can be paid, and after which what could not be goes back to the treasury. */
  noveltyDays: days(30),
  noveltyExpiresDays: days(365),
  /** USDC for one citation at most, for one author's citations of another in a month, and for one author in a month. */
  perCitation: usdc("5"),
  perPairMonth: usdc("15"),
  perAuthorMonth: usdc("500"),
  /** Between the end of its month and the payment of a citation; until then it can be clawed back. */
  vestingDays: days(30),
  /** Percent of the trust behind a month's claims that the rate pays in full; see `payByWeight`. */
  paidInFull: z.int().min(1).max(95).default(90),
  /** Authors whose judgement trust starts from. */
  seeds: z.array(authorKeySchema).max(1_000).default([]),
  /** Without seeds, the first so many authors stand in for them. */
  founders: z.int().min(1).max(100).default(20),
});

/** As it is written: amounts are decimal text. */
export type Economy = z.output<typeof economySchema>;

/** The numbers that hold if nobody sets any. */
export const DEFAULT_ECONOMY: Economy = economySchema.parse({});

function amount(currency: "CHIP" | "USDC", fallback: string) {
  const isAmount = (text: string) => {
    try {
      return parseAmount(text, currency) >= 0n;
    } catch {
      return false;
    }
  };
  return z.string().refine(isAmount, `must be an amount of ${currency} in quotes, such as "25"`).default(fallback);
}
