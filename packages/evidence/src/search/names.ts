/** The searches that a run can be given, by name. Besides them it always searches its own sources. */
export const PROVIDERS = ["tavily", "brave", "searxng", "wikipedia", "arxiv", "crossref"] as const;
export type Provider = (typeof PROVIDERS)[number];

/** What a search cannot work without, by the variable that holds it. */
export const NEEDS: Readonly<Partial<Record<Provider, string>>> = {
  tavily: "TAVILY_API_KEY",
  brave: "BRAVE_API_KEY",
  searxng: "SEARXNG_URL",
};

/** Those that anybody may ask. */
const WITHOUT_KEY: readonly Provider[] = ["wikipedia", "arxiv", "crossref"];

/**
 * The searches that a run has when nobody names any: those whose key or address is set, else those without a key, but only where there is
 * nothing else to read. Whoever gives sources without a key means those sources.
 */
export function defaultProviders(
  env: Readonly<Record<string, string | undefined>>,
  o: { hasSources: boolean },
): readonly Provider[] {
  const keyed = PROVIDERS.filter((name) => env[NEEDS[name] ?? ""]);
  return keyed.length > 0 || o.hasSources ? keyed : WITHOUT_KEY;
}
