import {
  type CheckpointPendingWrite,
  compareWritesSortKeys,
  type PendingWrite,
  type SerializerProtocol,
  WRITES_IDX_MAP,
  writesSortKey,
} from "@langchain/langgraph-checkpoint";
import { z } from "zod";
import type { Blobs } from "./blobs.js";
import { seal, unseal } from "./envelope.js";
import { NatsSaverError } from "./errors.js";
import type { Entry } from "./journal.js";
import type { CheckpointLog } from "./log.js";
import { Packer } from "./packer.js";
import { epochOf, HEADERS } from "./record.js";
import { type Scope, token } from "./subjects.js";
import { Unpacker } from "./unpacker.js";
import { settle, valueSchema } from "./values.js";

const taskSchema = z.object({
  format: z.literal(1),
  task: z.string(),
  writes: z.array(z.object({ index: z.int(), channel: z.string(), path: z.string(), value: valueSchema })),
});

type TaskRecord = z.infer<typeof taskSchema>;

/** A serialized write. */
interface Written {
  /** Its place among the task's writes; special ones are negative. */
  index: number;
  channel: string;
  path: string;
  type: string;
  bytes: Uint8Array;
}

/** Bytes of values inside one message; what does not fit goes beside it. */
const ROOM = 192 * 1024;

/** What tasks have written on top of a checkpoint: one message per task, so that a task's writes are there together or not at all. */
export class PendingWrites {
  constructor(
    readonly log: CheckpointLog,
    readonly blobs: Blobs,
    readonly serde: SerializerProtocol,
  ) {}

  /** Stores a task's writes. Ordinary ones stay as they were written first; errors, interrupts and resume values are replaced. */
  async put(scope: Scope, checkpoint: string, writes: PendingWrite[], task: string, path: string): Promise<void> {
    const serialized = await Promise.all(
      writes.map(async ([channel, value], position) => {
        const [type, bytes] = await this.serde.dumpsTyped(value);
        return { index: WRITES_IDX_MAP[channel] ?? position, channel, path, type, bytes };
      }),
    );
    await this.store(scope, checkpoint, serialized, task);
  }

  /** The same of writes that are serialized already. */
  async store(scope: Scope, checkpoint: string, serialized: readonly Written[], task: string): Promise<void> {
    // Another call for the same task may come in between; then this one is merged into what that one stored.
    for (let before: Entry | undefined, round = 0; round < 32; round += 1) {
      const packer = new Packer(this.blobs, scope, Math.min(ROOM, this.log.journal.largestMessage / 4));
      const merged =
        before === undefined ? new Map<number, TaskRecord["writes"][number]>() : this.#repeat(scope, before, packer);
      let changed = before === undefined;
      for (const { type, bytes, ...write } of serialized) {
        if (write.index >= 0 && merged.has(write.index)) continue;
        merged.set(write.index, { ...write, value: await packer.add(type, bytes) });
        changed = true;
      }
      if (!changed) return;
      await packer.stored();
      const record: TaskRecord = { format: 1, task, writes: [...merged.values()] };
      const { writer, journal } = this.log;
      const subject = scope.writes(checkpoint, task);
      const ack = await journal.append(subject, seal(record, packer.area), {
        expected: before?.seq ?? 0,
        headers: { [HEADERS.epoch]: String(writer.epoch), [HEADERS.owner]: token(writer.owner) },
      });
      if (ack !== undefined) return;
      before = await journal.last(subject);
    }
    throw new NatsSaverError(
      "conflict",
      `Task ${task} of thread "${scope.thread}" is being written by several writers at once: let one of them run it.`,
    );
  }

  /** The writes on a checkpoint, to some channels or to all, in the order in which LangGraph applies them. */
  async of(scope: Scope, checkpoint: string, channels?: ReadonlySet<string>): Promise<CheckpointPendingWrite[]> {
    const entries = await this.log.journal.lastOfEach(scope.allWrites(checkpoint));
    const unpacker = new Unpacker(this.log.journal, this.blobs, scope);
    const found = await Promise.all(
      entries.flatMap((entry) => {
        const { record, area } = open(entry);
        const wanted = record.writes.filter(({ channel }) => channels?.has(channel) ?? true);
        return wanted.map(async ({ index, channel, path, value }) => {
          const what = `What task ${record.task} of thread "${scope.thread}" wrote to "${channel}"`;
          const bytes = await unpacker.bytes(value.segments, area, what);
          const write: CheckpointPendingWrite = [record.task, channel, await this.serde.loadsTyped(value.type, bytes)];
          return { key: writesSortKey(path, record.task, index), write };
        });
      }),
    );
    return found.sort((a, b) => compareWritesSortKeys(a.key, b.key)).map(({ write }) => write);
  }

  /** What each task has written on a checkpoint, as it is stored. */
  async tasks(scope: Scope, checkpoint: string): Promise<(TaskRecord & { area: Uint8Array })[]> {
    const entries = await this.log.journal.lastOfEach(scope.allWrites(checkpoint));
    return entries.map(open).map(({ record, area }) => ({ ...record, area }));
  }

  /** The hashes of what all tasks of a namespace have written beside their messages. */
  async pieces(scope: Scope): Promise<string[]> {
    const entries = await this.log.journal.lastOfEach(scope.everyWrite);
    return entries.flatMap((entry) =>
      open(entry).record.writes.flatMap(({ value }) =>
        value.segments.flatMap((segment) => (segment.in === "blob" || segment.in === "object" ? [segment.hash] : [])),
      ),
    );
  }

  #repeat(scope: Scope, entry: Entry, packer: Packer): Map<number, TaskRecord["writes"][number]> {
    this.log.refuseIfFenced(scope, epochOf(entry));
    const { record, area } = open(entry);
    return new Map(
      record.writes.map((write) => [
        write.index,
        { ...write, value: packer.repeat(settle(write.value, entry.seq, area)) },
      ]),
    );
  }
}

function open(entry: Entry): { record: TaskRecord; area: Uint8Array } {
  const what = `The message of pending writes at sequence ${entry.seq} of the stream`;
  const { head, area } = unseal(entry.data, what);
  const parsed = taskSchema.safeParse(head);
  if (!parsed.success)
    throw new NatsSaverError("corrupt", `${what} cannot be read: it is damaged.`, { cause: parsed.error });
  return { record: parsed.data, area };
}
