import type { Blobs } from "./blobs.js";
import { NatsSaverError } from "./errors.js";
import type { CheckpointLog } from "./log.js";
import { type CheckpointRecord, openRecord } from "./record.js";
import { checkpointLogs, Scope } from "./subjects.js";
import { type FrameHead, ThreadFileWriter } from "./thread-file.js";
import { Unpacker } from "./unpacker.js";
import type { Segment, StoredValue } from "./values.js";
import type { PendingWrites } from "./writes.js";

/** What values are taken from. */
interface Sources {
  log: CheckpointLog;
  blobs: Blobs;
  writes: PendingWrites;
}

/** The bytes of a thread's file (see `thread-file.ts`), a frame at a time.
 * @throws NatsSaverError `invalid` when there is no such thread, `corrupt` when part of it is damaged */
export async function* exportThread({ log, blobs, writes }: Sources, thread: string): AsyncGenerator<Uint8Array> {
  const file = new ThreadFileWriter();
  const pieces = new Set<string>();
  const { agent } = log.writer;
  let checkpoints = 0;
  for await (const entry of log.journal.from(checkpointLogs(agent, thread, undefined), 1)) {
    if (checkpoints === 0) {
      yield file.begin();
      yield file.frame({ kind: "thread", thread, exportedAt: new Date().toISOString() });
    }
    checkpoints += 1;
    const { record, area } = openRecord(entry);
    const scope = new Scope(agent, thread, record.namespace);
    const copy = new Copy(new Unpacker(log.journal, blobs, scope), pieces, file, area, `Checkpoint ${record.id}`);
    const head = await copy.record(record);
    yield* copy.pieces;
    yield file.frame({ kind: "checkpoint", record: head }, copy.area);
    for (const task of await writes.tasks(scope, record.id)) {
      const what = `What task ${task.task} wrote on checkpoint ${record.id}`;
      const parts = new Copy(new Unpacker(log.journal, blobs, scope), pieces, file, task.area, what);
      const written: Extract<FrameHead, { kind: "writes" }>["writes"] = [];
      for (const write of task.writes) written.push({ ...write, value: await parts.value(write.value) });
      yield* parts.pieces;
      const { namespace, id } = record;
      yield file.frame({ kind: "writes", namespace, checkpoint: id, task: task.task, writes: written }, parts.area);
    }
  }
  if (checkpoints === 0) {
    throw new NatsSaverError(
      "invalid",
      `There is no thread "${thread}" to export: check its id and the saver's agent.`,
    );
  }
  yield file.end(checkpoints);
}

/** The values of one message, as the file has them. */
class Copy {
  /** The small parts, one after the other. */
  readonly area: Uint8Array[] = [];
  /** Frames of the pieces that the file did not have yet. */
  readonly pieces: Uint8Array[] = [];
  #length = 0;

  constructor(
    readonly unpacker: Unpacker,
    readonly known: Set<string>,
    readonly file: ThreadFileWriter,
    readonly source: Uint8Array,
    readonly what: string,
  ) {}

  async record(record: CheckpointRecord): Promise<CheckpointRecord> {
    const channels: CheckpointRecord["channels"] = [];
    const checkpoint = await this.value(record.checkpoint);
    const metadata = await this.value(record.metadata);
    for (const channel of record.channels) channels.push({ ...channel, value: await this.value(channel.value) });
    return { ...record, checkpoint, metadata, channels };
  }

  async value({ type, segments }: StoredValue): Promise<StoredValue> {
    const copied: Segment[] = [];
    for (const segment of segments) copied.push(await this.#segment(segment));
    return { type, segments: copied };
  }

  async #segment(segment: Segment): Promise<Segment> {
    const { size } = segment;
    if (segment.in === "small") {
      const at = this.#length;
      this.area.push(this.source.subarray(segment.at, segment.at + size));
      this.#length += size;
      return { in: "small", at, size };
    }
    const { hash } = segment;
    if (!this.known.has(hash)) {
      this.known.add(hash);
      const stored = await this.unpacker.stored(segment, this.source, this.what);
      this.pieces.push(this.file.frame({ kind: "piece", hash }, [stored]));
    }
    return { in: "blob", size, hash };
  }
}
