import type { Backbone, VerifyOptions } from "@vibewriter/backbone";
import { NatsSaver } from "@vibewriter/langgraph-nats";
import type { Verified } from "./api.js";

const CHECKPOINTS = "VIBEWRITER_STATE";

/** Reads everything that NATS keeps for a home, the checkpoints of its agents with their values too, and says what is damaged. */
export async function verifyAll(
  backbone: Backbone,
  agents: readonly string[],
  o: VerifyOptions = {},
): Promise<Verified> {
  const { read, files, problems } = await backbone.verify(o);
  let checkpoints = 0;
  for (const agent of new Set(agents)) {
    const saver = NatsSaver.fromConnection(backbone.connection, { agent });
    for await (const { seq, problem } of saver.verify()) {
      o.signal?.throwIfAborted();
      checkpoints += 1;
      if (problem !== undefined) problems.push({ stream: CHECKPOINTS, problem: `Message ${seq}: ${problem}` });
    }
  }
  return { read, files, checkpoints, problems };
}
