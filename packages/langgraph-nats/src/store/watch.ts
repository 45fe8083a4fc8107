import type { NatsConnection } from "@nats-io/transport-node";
import { NatsSaverError } from "../errors.js";
import { Journal } from "../journal.js";
import { follow } from "./follow.js";
import { openItem } from "./item.js";
import { MEMORY } from "./stream.js";
import { itemsUnder } from "./subjects.js";

/** What has happened to an item. */
export interface StoreChange {
  namespace: string[];
  key: string;
  version: number;
  deleted: boolean;
  at: Date;
}

/** See `NatsStore.watch`. */
export function watchItems(
  connection: NatsConnection,
  agent: string,
  prefix: readonly string[],
  o: { since?: number; signal: AbortSignal },
  onDamaged: (error: NatsSaverError) => void,
): AsyncIterable<StoreChange> {
  const filter = itemsUnder(agent, prefix);
  // Asked at the call, not at the first item that is waited for: what is written in between is told too.
  const start = o.since === undefined ? lastSequence(connection, filter) : Promise.resolve(o.since);
  start.catch(() => undefined); // Thrown where the changes are read.
  return changes(connection, filter, start, o.signal, onDamaged);
}

async function* changes(
  connection: NatsConnection,
  filter: string,
  start: Promise<number>,
  signal: AbortSignal,
  onDamaged: (error: NatsSaverError) => void,
): AsyncGenerator<StoreChange> {
  for await (const { subject, seq, data } of follow(connection, filter, { after: await start }, signal)) {
    try {
      const { head } = openItem({ subject, seq, data, header: () => undefined });
      // A repeated version only lives longer.
      if (head.version !== undefined) continue;
      const { namespace, key, updatedAt } = head;
      yield { namespace, key, version: seq, deleted: head.value === undefined, at: new Date(updatedAt) };
    } catch (error) {
      if (!(error instanceof NatsSaverError)) throw error;
      onDamaged(error);
    }
  }
}

async function lastSequence(connection: NatsConnection, filter: string): Promise<number> {
  return (await new Journal(connection, MEMORY).last(filter))?.seq ?? 0;
}
