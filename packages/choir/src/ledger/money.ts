import { z } from "zod";
import { ChoirError } from "../errors.js";

/** What accounts are kept in, with the number of decimals of its smallest unit. */
export const CURRENCIES = { CHIP: 18, USDC: 6 } as const;
export type Currency = keyof typeof CURRENCIES;

export const currencySchema = z.enum(["CHIP", "USDC"]);

/** A number of smallest units; written as a decimal string, because JSON's numbers end at 2^53. */
export const unitsSchema = z
  .string()
  .regex(/^-?(0|[1-9]\d{0,40})$/, "must be a whole number of smallest units")
  .transform((text) => BigInt(text));

const AMOUNT = /^(\d{1,15})(?:\.(\d{1,18}))?$/;

/**
 * The smallest units of an amount such as `5`, `0.25` or `100000000`.
 * @throws ChoirError `invalid_amount` for anything else, a sign and digits beyond the smallest unit among them
 */
export function parseAmount(text: string, currency: Currency): bigint {
  const decimals = CURRENCIES[currency];
  const [, whole, fraction = ""] = AMOUNT.exec(text.trim()) ?? [];
  if (whole !== undefined && fraction.length <= decimals) return BigInt(whole + fraction.padEnd(decimals, "0"));
  throw new ChoirError(
    "invalid_amount",
    `"${text.slice(0, 40)}" is no amount of ${currency}: write one such as 25 or 4.50, with at most ${decimals} decimals.`,
  );
}

/** An amount for people: no trailing zeros, but cents for USDC. Without the name of the currency. */
export function formatAmount(units: bigint, currency: Currency): string {
  const decimals = CURRENCIES[currency];
  const digits = (units < 0n ? -units : units).toString().padStart(decimals + 1, "0");
  const least = currency === "USDC" ? 2 : 0;
  const fraction = digits.slice(-decimals).replace(/0+$/, "").padEnd(least, "0");
  return `${units < 0n ? "-" : ""}${digits.slice(0, -decimals)}${fraction && `.${fraction}`}`;
}
