import type { StreamInfo } from "@nats-io/jetstream";
import type { Link } from "../link/link.js";
import { type NatsTier, tierOf, tierWarning } from "../server/nats-binary.js";

/** One copy of a stream, on one server of a cluster. */
export interface StreamCopy {
  server: string;
  /** It has everything that the leader has. */
  isCurrent: boolean;
  /** It has not been heard of lately. */
  isOffline: boolean;
}

export interface StreamStatus {
  name: string;
  messages: number;
  bytes: number;
  lastSeq: number;
  /** The server that orders its writes; absent without a cluster, or while there is none. */
  leader?: string;
  /** Copies beside the leader's. */
  copies: StreamCopy[];
  /** Its consumers: what waits for them, what they have out, what was delivered more than once. */
  consumers: { name: string; waiting: number; unacknowledged: number; redelivered: number }[];
}

/** How NATS is, and what it keeps. */
export interface BackboneStatus {
  server: { name: string; version: string; tier: NatsTier; cluster?: string; warning?: string };
  /** Copies that new streams get. */
  replicas: number;
  /** Bytes of file storage: what is used, and what the account may use (-1: what the disk has). */
  storage: { used: number; limit: number };
  streams: StreamStatus[];
}

/** Asks the connected server for its state. Throws BackboneError `unavailable`. */
export async function statusOf(link: Link): Promise<BackboneStatus> {
  const { server_name, version, cluster } = link.connection.info ?? { server_name: "", version: "0.0.0" };
  const warning = tierWarning(version);
  const account = await link.patiently("say what it stores", () => link.jsm.getAccountInfo());
  const streams = await link.patiently("list its streams", () => all(link.jsm.streams.list()));
  const sorted = streams.sort((a, b) => (a.config.name < b.config.name ? -1 : 1));
  return {
    server: {
      ...{ name: server_name, version, tier: tierOf(version) },
      ...(cluster === undefined ? {} : { cluster }),
      ...(warning === undefined ? {} : { warning }),
    },
    replicas: link.replicas,
    storage: { used: account.storage, limit: account.limits.max_storage },
    streams: await Promise.all(sorted.map((info) => streamStatus(link, info))),
  };
}

async function streamStatus(link: Link, { config, state, cluster }: StreamInfo): Promise<StreamStatus> {
  const consumers = await link.patiently(`list the consumers of ${config.name}`, () =>
    all(link.jsm.consumers.list(config.name)),
  );
  return {
    name: config.name,
    messages: state.messages,
    bytes: state.bytes,
    lastSeq: state.last_seq,
    ...(cluster?.leader ? { leader: cluster.leader } : {}),
    copies: (cluster?.replicas ?? []).map(({ name, current, offline }) => ({
      server: name,
      isCurrent: current,
      isOffline: offline === true,
    })),
    consumers: consumers.map(({ name, num_pending, num_ack_pending, num_redelivered }) => ({
      name,
      waiting: num_pending,
      unacknowledged: num_ack_pending,
      redelivered: num_redelivered,
    })),
  };
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}
