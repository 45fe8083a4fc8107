import { EvidenceError } from "../errors.js";
import { ArxivSearch } from "./arxiv.js";
import { BraveSearch } from "./brave.js";
import { CrossrefSearch } from "./crossref.js";
import { NEEDS, type Provider } from "./names.js";
import { SearxngSearch } from "./searxng.js";
import type { Services } from "./services.js";
import { TavilySearch } from "./tavily.js";
import type { WebResult, WebSearch } from "./web-search.js";
import { WikipediaSearch } from "./wikipedia.js";

interface SearchAccess {
  readonly services: Services;
  /** Keys and addresses, by the variables that hold them. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whom the services may write to. */
  readonly mailto?: string;
}

/** A search by its name. One whose key is missing says so when it is asked: the others of a run do not depend on it. */
export function openSearch(name: Provider, o: SearchAccess): WebSearch {
  const { services, env, mailto } = o;
  const variable = NEEDS[name];
  const value = variable === undefined ? "" : env[variable];
  if (!value && variable !== undefined) return new Unavailable(name, variable);
  switch (name) {
    case "tavily":
      return new TavilySearch({ services, key: value ?? "" });
    case "brave":
      return new BraveSearch({ services, key: value ?? "" });
    case "searxng":
      return new SearxngSearch({ services, url: value ?? "" });
    case "wikipedia":
      return new WikipediaSearch({ services });
    case "arxiv":
      return new ArxivSearch({ services });
    case "crossref":
      return new CrossrefSearch({ services, mailto });
  }
}

class Unavailable implements WebSearch {
  readonly provider: Provider;
  readonly #variable: string;

  constructor(provider: Provider, variable: string) {
    this.provider = provider;
    this.#variable = variable;
  }

  async search(): Promise<WebResult[]> {
    const message = `The search ${this.provider} needs ${this.#variable}: set it, or leave this search out.`;
    throw new EvidenceError("search_failed", message);
  }
}
