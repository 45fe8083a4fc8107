import { collectDefaultMetrics, Gauge, Registry } from "prom-client";
import { VERSION } from "../version.js";
import { HomeMetrics, type HomeSources } from "./home-metrics.js";
import { RunMetrics } from "./run-metrics.js";

/** How often the lag of the event loop is looked at, in milliseconds: Node's default of 10 wakes an idle server all the time. */
const LAG_EVERY_MS = 250;

/** All figures of a home, as Prometheus reads them. */
export class Metrics {
  /** Told of what runs do. */
  readonly runs: RunMetrics;
  readonly #registry = new Registry();
  readonly #home: HomeMetrics;
  #scraping: Promise<string> | undefined;

  constructor(sources: HomeSources) {
    this.runs = new RunMetrics(this.#registry);
    this.#home = new HomeMetrics(this.#registry, sources);
    const info = { name: "vibewriter_build_info", help: "1; the version of this process.", labelNames: ["version"] };
    new Gauge({ ...info, registers: [this.#registry] }).set({ version: VERSION }, 1);
    collectDefaultMetrics({ register: this.#registry, eventLoopMonitoringPrecision: LAG_EVERY_MS });
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  /** Everything as text. Several who ask at the same time are answered by one look. */
  text(): Promise<string> {
    this.#scraping ??= this.#scrape().finally(() => {
      this.#scraping = undefined;
    });
    return this.#scraping;
  }

  async #scrape(): Promise<string> {
    await this.#home.collect();
    return await this.#registry.metrics();
  }
}
