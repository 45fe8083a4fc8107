import { natsBinary } from "../../../../packages/agent/test/support/backbone.js";

/** Has every home of this process run the nats-server of the set-up, since theirs are empty. */
export async function useNatsServer(): Promise<void> {
  process.env.NATS_SERVER_BIN = await natsBinary();
}
