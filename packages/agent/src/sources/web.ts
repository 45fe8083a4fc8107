import type { Backbone } from "@vibewriter/backbone";
import {
  CombinedSearch,
  openSearch,
  SearchCache,
  Services,
  WebReader,
  type WebReaderOptions,
} from "@vibewriter/evidence";
import { defaultProviders, NEEDS, type Provider } from "@vibewriter/evidence/search";
import { AgentError } from "../errors.js";
import { requireBareAddresses } from "../models/addresses.js";
import type { ModelEnvironment } from "../models/model.js";

/** How this home searches and reads the web. */
export interface WebOptions extends WebReaderOptions {
  /** The searches of runs that name none; absent: by the keys that there are. */
  readonly search?: readonly Provider[];
  /** The instance of SearXNG of runs that bring none along. */
  readonly searxngUrl?: string;
}

/** The web as the runs of one process meet it: they share its queues, so that two runs do not ask a server twice as often. */
export class Web implements AsyncDisposable {
  readonly #o: WebOptions;
  readonly #reader: WebReader;
  readonly #services: Services;
  readonly #cache: SearchCache;

  private constructor(o: WebOptions, cache: SearchCache) {
    this.#o = o;
    this.#cache = cache;
    this.#reader = new WebReader(o);
    this.#services = new Services({ userAgent: this.#reader.userAgent, dispatcher: o.dispatcher });
  }

  static async open(backbone: Pick<Backbone, "records">, o: WebOptions = {}): Promise<Web> {
    return new Web(o, await SearchCache.open(backbone));
  }

  /** Fetches a page; see {@link WebReader.page}. */
  readonly page: WebReader["page"] = (uri, o) => this.#reader.page(uri, o);

  /**
   * The searches of a run: those that it names, else those of the home, else by the keys that there are.
   * @throws AgentError `missing_key` for one that is named and cannot work, `invalid_request` for an address with a password
   */
  providersFor(o: { named?: readonly Provider[]; env: ModelEnvironment; hasSources: boolean }): readonly Provider[] {
    const env = this.#withAddress(o.env);
    for (const name of o.named ?? []) {
      const variable = NEEDS[name];
      if (variable === undefined || env[variable]) continue;
      const message = `The search ${name} needs ${variable}: set it, or leave the search out.`;
      throw new AgentError("missing_key", message);
    }
    return o.named ?? this.#o.search ?? defaultProviders(env, o);
  }

  /** The searches as one; undefined if there are none. */
  search(names: readonly Provider[], env: ModelEnvironment): CombinedSearch | undefined {
    if (names.length === 0) return undefined;
    const { contact = "" } = this.#o;
    const access = {
      services: this.#services,
      env: this.#withAddress(env),
      mailto: /^[^\s@:/]+@[^\s@:/]+$/.test(contact) ? contact : undefined,
    };
    return new CombinedSearch(
      names.map((name) => openSearch(name, access)),
      this.#cache,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#reader[Symbol.asyncDispose]();
  }

  #withAddress(env: ModelEnvironment): ModelEnvironment {
    requireBareAddresses(env);
    return { ...(this.#o.searxngUrl === undefined ? {} : { SEARXNG_URL: this.#o.searxngUrl }), ...env };
  }
}
