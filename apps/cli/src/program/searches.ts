import { PROVIDERS, type Provider } from "@vibewriter/agent/runs";
import { InvalidArgumentError } from "commander";

/** Searches of the web by name, as `wikipedia,arxiv`; `none` for none. @throws InvalidArgumentError */
export function searches(text: string): Provider[] {
  const names = text.split(",").map((name) => name.trim());
  if (names.length === 1 && names[0] === "none") return [];
  const unknown = names.find((name) => !PROVIDERS.some((provider) => provider === name));
  if (unknown === undefined) return PROVIDERS.filter((provider) => names.includes(provider));
  throw new InvalidArgumentError(`It must be none, or some of ${PROVIDERS.join(",")}, with commas in between`);
}
