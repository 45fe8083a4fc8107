import { z } from "zod";
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

/** Public list prices, of November 2026. An operator's own are set in the configuration (`prices`) and win. */
export const LIST_PRICES: Prices = {
  offline: { input: 0, output: 0 },
  "ollama:*": { input: 0, output: 0 },
  "anthropic:claude-opus-4-6": { input: 5, output: 25, cacheRead: 0.5, cacheWrite: 6.25 },
  "anthropic:claude-sonnet-4-6": { input: 3, output: 15, cacheRead: 0.3, cacheWrite: 3.75 },
  "anthropic:claude-haiku-4-5": { input: 1, output: 5, cacheRead: 0.1, cacheWrite: 1.25 },
  "openai:gpt-5.1": { input: 1.25, output: 10, cacheRead: 0.125 },
  "openai:gpt-5-mini": { input: 0.25, output: 2, cacheRead: 0.025 },
};

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
