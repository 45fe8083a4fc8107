import type { RunObserver } from "./observer.js";
import { LIST_PRICES, type Prices } from "./prices.js";

/** Who is told of what runs do, and what their models cost. */
export interface Telemetry {
  readonly observer: RunObserver;
  readonly prices: Prices;
  /** Takes secrets out of a text before it leaves for a service that collects traces. */
  readonly redact: (text: string) => string;
}

/** Nobody listens. */
export const SILENT: Telemetry = { observer: {}, prices: LIST_PRICES, redact: (text) => text };
