import { JetStreamApiError, type StreamConfig } from "@nats-io/jetstream";
import { BackboneError } from "../errors.js";
import type { Link } from "./link.js";
import { apiCode } from "./transient.js";

/**
 * Makes a stream, or brings an existing one to these settings, and reads them back: a server that is too old ignores
 * what it does not know without a word.
 */
export async function ensureStream(link: Link, config: Partial<StreamConfig> & { name: string }): Promise<void> {
  const settled = await link.patiently(`make the stream ${config.name}`, async () => {
    try {
      const { config: current } = await link.jsm.streams.info(config.name);
      return holds(current, config) ? current : (await link.jsm.streams.update(config.name, config)).config;
    } catch (error) {
      if (!(error instanceof JetStreamApiError) || error.code !== apiCode.streamNotFound) throw error;
      return (await link.jsm.streams.add(config)).config;
    }
  });
  if (holds(settled, config)) return;
  throw new BackboneError(
    "invalid",
    `nats-server ${link.serverVersion} ignores a setting that the stream ${config.name} needs; use version 2.12 or later.`,
  );
}

function holds(current: StreamConfig, wanted: Partial<StreamConfig>): boolean {
  return Object.entries(wanted).every(([key, value]) => {
    const found: unknown = current[key as keyof StreamConfig];
    return JSON.stringify(found ?? false) === JSON.stringify(value ?? false);
  });
}
