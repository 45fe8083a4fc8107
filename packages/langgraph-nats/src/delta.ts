import type { CheckpointPendingWrite, DeltaChannelHistory } from "@langchain/langgraph-checkpoint";
import type { CheckpointReader } from "./checkpoint-reader.js";
import type { CheckpointLog } from "./log.js";
import type { Scope } from "./subjects.js";
import type { PendingWrites } from "./writes.js";

export type DeltaHistory = Record<string, DeltaChannelHistory>;

interface Sources {
  log: CheckpointLog;
  reader: CheckpointReader;
  writes: PendingWrites;
}

/** Walks from a checkpoint's parent to the root; collects each channel's writes, oldest first, back to (and including) the
 * nearest ancestor that holds a value of the channel, which becomes its seed. */
export async function deltaHistory(
  { log, reader, writes }: Sources,
  scope: Scope,
  checkpoint: string | undefined,
  channels: readonly string[],
): Promise<DeltaHistory> {
  const found = new Map<string, { blocks: CheckpointPendingWrite[][]; seed?: { value: unknown } }>();
  for (const channel of channels) found.set(channel, { blocks: [] });
  const open = new Set(channels);
  let stored = open.size === 0 ? undefined : await log.ancestor(scope, checkpoint);
  while (stored !== undefined && open.size > 0) {
    const [pending, seeds] = await Promise.all([
      writes.of(scope, stored.record.id, open),
      Promise.all(
        [...open].map(async (channel) => ({ channel, seed: stored && (await reader.channel(stored, channel)) })),
      ),
    ]);
    for (const { channel, seed } of seeds) {
      const history = found.get(channel);
      history?.blocks.push(pending.filter(([, name]) => name === channel));
      if (history === undefined || seed === undefined) continue;
      history.seed = seed;
      open.delete(channel);
    }
    stored = await log.parentOf(scope, stored);
  }
  return Object.fromEntries(
    [...found].map(([channel, { blocks, seed }]) => [
      channel,
      { writes: blocks.reverse().flat(), ...(seed === undefined ? {} : { seed: seed.value }) },
    ]),
  );
}
