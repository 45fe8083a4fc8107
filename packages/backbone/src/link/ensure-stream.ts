import { JetStreamApiError, type StreamConfig } from "@nats-io/jetstream";
import { BackboneError } from "../errors.js";
import type { Link } from "./link.js";
import { apiCode } from "./transient.js";

/**
 * Makes a stream, or brings an existing one to these settings, and reads them back: a server that is too old ignores
 * what it does not know without a word.
 */
export async function ensureStream(link: Link, o: Partial<StreamConfig> & { name: string }): Promise<void> {
  const config = { ...o, num_replicas: link.replicas };
  const settled = await link.patiently(`make the stream ${config.name}`, async () => {
    try {
      const { config: current } = await link.jsm.streams.info(config.name);
      if (holds(current, config)) return current;
      const num_replicas = Math.max(current.num_replicas, config.num_replicas);
      return (await link.jsm.streams.update(config.name, { ...config, num_replicas })).config;
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
    // An operator may keep more copies.
    if (key === "num_replicas") return current.num_replicas >= Number(value);
    return JSON.stringify(found ?? false) === JSON.stringify(value ?? false);
  });
}

/** Brings the stream of a bucket, which its client made or found, to as many copies as this server or cluster keeps. */
export async function ensureReplicas(link: Link, stream: string): Promise<void> {
  await link.patiently(`copy the stream ${stream} in the cluster`, async () => {
    const { config } = await link.jsm.streams.info(stream);
    if (config.num_replicas < link.replicas) await link.jsm.streams.update(stream, { num_replicas: link.replicas });
  });
}
