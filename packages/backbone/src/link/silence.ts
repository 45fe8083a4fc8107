import type { ConsumerMessages } from "@nats-io/jetstream";

/** How often the server says that a consumer is there although it has nothing; twice unheard, and it is silent. */
export const HEARTBEAT_MS = 5_000;

/**
 * Ends the messages of a consumer that has gone silent, so that its reader makes another one. The client by itself asks after the one
 * that it has, for ever; but a consumer without a name of its own lives on one server of the cluster, and may be gone with that one
 * while the connection, to another one, is well.
 */
export async function endWhenSilent(messages: ConsumerMessages): Promise<void> {
  for await (const { type } of messages.status()) {
    if (type !== "heartbeats_missed") continue;
    await messages.close();
    return;
  }
}
