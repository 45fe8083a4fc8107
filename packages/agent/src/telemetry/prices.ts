import { z } from "zod";
import table from "./prices.json" with { type: "json" };
import type { Usage } from "./usage.js";

/** What a model costs, in US dollars for a million tokens. Without prices of their own, cached tokens cost as much as others. */
export const Price = z.strictObject({
  input: z.number().nonnegative(),
  output: z.number().nonnegative(),
  cacheRead: z.number().nonnegative().optional(),
  cacheWrite: z.number().nonnegative().optional(),
});
export type Price = z.infer<typeof Price>;

/** Prices by a model's full name; `ollama:*` stands for all models of a provider. */
export type Prices = Readonly<Record<string, Price>>;

/** Public list prices, of the day that the table names. An operator's own are set in the configuration (`prices`) and win. */
export const LIST_PRICES: Prices = z.record(z.string(), Price).parse(table.prices);

/** What one call cost in US dollars; undefined when the model's price is not known. */
export function costOf(model: string, usage: Usage | undefined, prices: Prices): number | undefined {
  const price = priceOf(model, prices);
  if (price === undefined) return undefined;
  // A provider that does not count: free is free, and all else is not known.
  if (usage === undefined) return price.input === 0 && price.output === 0 ? 0 : undefined;
  const { input, output, cacheRead, cacheWrite } = usage;
  const fresh = Math.max(0, input - cacheRead - cacheWrite);
  const read = cacheRead * (price.cacheRead ?? price.input) + cacheWrite * (price.cacheWrite ?? price.input);
  return (fresh * price.input + read + output * price.output) / 1_000_000;
}

/** The price of a model; undefined where nobody knows it. */
export function priceOf(model: string, prices: Prices): Price | undefined {
  const provider = model.slice(0, Math.max(0, model.indexOf(":")));
  const names = [model, `${provider}:*`];
  return names.flatMap((name) => (Object.hasOwn(prices, name) ? [prices[name]] : []))[0];
}
