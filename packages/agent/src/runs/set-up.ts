import { NatsSaver, NatsStore } from "@vibewriter/langgraph-nats";

type Connection = Parameters<typeof NatsSaver.fromConnection>[0];

/** Makes the streams of checkpoints and of memory in an account, for `prepareAccount`. Nothing happens to what is there. */
export async function setUpState(connection: Connection, replicas: number): Promise<void> {
  await NatsSaver.fromConnection(connection).setup({ replicas });
  await NatsStore.fromConnection(connection).setup({ replicas });
}
