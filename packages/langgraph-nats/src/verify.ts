import type { CheckpointReader } from "./checkpoint-reader.js";
import { NatsSaverError } from "./errors.js";
import type { Entry, Journal } from "./journal.js";
import { openRecord } from "./record.js";
import { checkpointLogs } from "./subjects.js";

/** A checkpoint that was read with its values, metadata and writes. */
export interface CheckedCheckpoint {
  /** Of its message in the stream. */
  subject: string;
  seq: number;
  /** What is damaged, in a sentence that names it; absent where everything could be read. */
  problem?: string;
}

/** Reads every checkpoint of an agent, oldest first within its log. One that is damaged does not hide the others. */
export async function* checkedCheckpoints(
  journal: Journal,
  reader: CheckpointReader,
  agent: string,
): AsyncGenerator<CheckedCheckpoint, void, undefined> {
  const logs = await journal.lastOfEach(checkpointLogs(agent, undefined, undefined));
  for (const { subject } of logs) {
    for await (const entry of journal.from(subject, 1)) {
      const problem = await damageOf(journal, reader, entry);
      yield { subject, seq: entry.seq, ...(problem === undefined ? {} : { problem }) };
    }
  }
}

async function damageOf(journal: Journal, reader: CheckpointReader, entry: Entry): Promise<string | undefined> {
  try {
    await reader.tuple(openRecord(entry));
    return undefined;
  } catch (error) {
    if (!(error instanceof NatsSaverError) || error.code !== "corrupt") throw error;
    // One that was pruned while it was read is not damaged.
    return (await journal.at(entry.seq)) === undefined ? undefined : error.message;
  }
}
