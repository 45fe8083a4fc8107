import { type FileHandle, mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type CheckpointWriter, roomFor } from "./checkpoint-writer.js";
import { NatsSaverError } from "./errors.js";
import type { Known } from "./lines.js";
import { Packer } from "./packer.js";
import type { CheckpointRecord } from "./record.js";
import { checkpointLogs, Scope } from "./subjects.js";
import { damaged, type Frame, frameAt, type ReadAt, readFrames } from "./thread-file.js";
import { openPiece } from "./unpacker.js";
import type { SettledSegment, StoredValue } from "./values.js";
import type { PendingWrites } from "./writes.js";

/** The bytes of a thread's file, whole or in parts. */
export type ThreadBytes = Uint8Array | Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

export interface Imported {
  thread: string;
  checkpoints: number;
}

interface Target {
  writer: CheckpointWriter;
  writes: PendingWrites;
  /** Applied to each value before it is stored. */
  screen(bytes: Uint8Array): Uint8Array;
  /** Deletes a thread. */
  remove(thread: string): Promise<void>;
}

/** Stores a thread from its file, under its own id or another one. The file is read whole and checked before anything is stored.
 * @throws NatsSaverError `corrupt` when the file is damaged, `exists` when there is such a thread */
export async function importThread(target: Target, bytes: ThreadBytes, as: string | undefined): Promise<Imported> {
  await using spool = await Spool.of(bytes);
  const { thread: own, pieces } = await check(spool.readAt);
  const thread = as ?? own;
  const { log } = target.writer;
  const filter = checkpointLogs(log.writer.agent, thread, undefined);
  if ((await log.journal.subjects(filter)).length > 0) {
    const text = `There is a thread "${thread}" already: import the file under another id, or delete that thread first.`;
    throw new NatsSaverError("exists", text);
  }
  const restore = new Restore(target, thread, spool.readAt, pieces);
  try {
    for await (const frame of readFrames(spool.readAt)) await restore.frame(frame);
  } catch (error) {
    // After a conflict the thread is also somebody else's, and not ours to delete.
    if (error instanceof NatsSaverError && error.code === "conflict") throw error;
    await target.remove(thread).catch((cause: unknown) => {
      const text = `The import of thread "${thread}" failed half-way (${said(error)}), and what was stored could not be removed: delete the thread before you import it again.`;
      throw new NatsSaverError("unavailable", text, { cause });
    });
    throw error;
  }
  return { thread, checkpoints: restore.checkpoints };
}

function said(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Where each piece of the file begins, once every frame and every reference is known to be good. */
async function check(readAt: ReadAt): Promise<{ thread: string; pieces: Map<string, number> }> {
  const pieces = new Map<string, number>();
  let thread: string | undefined;
  for await (const { head, area, at } of readFrames(readAt)) {
    if (head.kind === "thread") thread = head.thread;
    if (head.kind === "piece") {
      if ((await openPiece(area, head.hash)) === undefined) throw damaged(`the value at byte ${at} is not what it was`);
      pieces.set(head.hash, at);
    }
    for (const { segments } of valuesOf(head)) {
      for (const segment of segments) {
        const isThere = segment.in === "small" ? segment.at + segment.size <= area.length : pieces.has(segment.hash);
        if (!isThere) throw damaged(`a part of what stands at byte ${at} is missing`);
      }
    }
  }
  if (thread === undefined) throw damaged("it does not say of which thread it is");
  return { thread, pieces };
}

function valuesOf(head: Frame["head"]): StoredValue[] {
  if (head.kind === "writes") return head.writes.map(({ value }) => value);
  if (head.kind !== "checkpoint") return [];
  const { checkpoint, metadata, channels } = head.record;
  return [checkpoint, metadata, ...channels.map(({ value }) => value)];
}

class Restore {
  checkpoints = 0;
  readonly #sequences = new Map<string, number>();
  readonly #ends = new Map<string, { id: string; known: Known }>();

  constructor(
    readonly target: Target,
    readonly thread: string,
    readonly readAt: ReadAt,
    readonly pieces: ReadonlyMap<string, number>,
  ) {}

  async frame({ head, area }: Frame): Promise<void> {
    if (head.kind === "checkpoint") {
      await this.#checkpoint(head.record, area);
      this.checkpoints += 1;
    }
    if (head.kind === "writes") {
      const scope = this.#scope(head.namespace);
      const written = await Promise.all(
        head.writes.map(async ({ value, ...write }) => ({
          ...write,
          type: value.type,
          bytes: await this.#bytes(value, area),
        })),
      );
      await this.target.writes.store(scope, head.checkpoint, written, head.task);
    }
  }

  async #checkpoint(record: CheckpointRecord, area: Uint8Array): Promise<void> {
    const { log, blobs } = this.target.writer;
    const scope = this.#scope(record.namespace);
    const packer = new Packer(blobs, scope, roomFor(log.journal));
    const end = this.#ends.get(record.namespace);
    const before = end !== undefined && end.id === record.parent?.id ? end.known : undefined;
    const value = async (stored: StoredValue, prior?: readonly SettledSegment[]) =>
      packer.add(stored.type, await this.#bytes(stored, area), prior);
    const channels: CheckpointRecord["channels"] = [];
    const checkpoint = await value(record.checkpoint);
    const metadata = await value(record.metadata);
    for (const channel of record.channels) {
      const prior = before?.channels.get(channel.name)?.value.segments;
      channels.push({ ...channel, value: await value(channel.value, prior) });
    }
    await packer.stored();
    const { parent } = record;
    const known = await log.append(
      scope,
      {
        ...record,
        thread: this.thread,
        // A parent that was pruned has no place; any other message than that checkpoint is as good as none.
        ...(parent && { parent: { id: parent.id, seq: this.#sequences.get(`${scope.namespace} ${parent.id}`) ?? 1 } }),
        previous: end?.known.seq ?? 0,
        checkpoint,
        metadata,
        channels,
      },
      packer.area,
    );
    this.#sequences.set(`${scope.namespace} ${record.id}`, known.seq);
    this.#ends.set(record.namespace, { id: record.id, known });
  }

  async #bytes({ segments }: StoredValue, area: Uint8Array): Promise<Uint8Array> {
    const parts: Uint8Array[] = [];
    for (const segment of segments) {
      if (segment.in === "small") {
        parts.push(area.subarray(segment.at, segment.at + segment.size));
        continue;
      }
      const at = this.pieces.get(segment.hash);
      const piece = at === undefined ? undefined : await openPiece((await frameAt(this.readAt, at)).area, segment.hash);
      if (piece === undefined) throw damaged("its copy on the disk changed while it was read");
      parts.push(piece);
    }
    return this.target.screen(Buffer.concat(parts));
  }

  #scope(namespace: string): Scope {
    return new Scope(this.target.writer.log.writer.agent, this.thread, namespace);
  }
}

/** The file's bytes on the disk of this machine, so that a thread of any size can be checked before it is stored. */
class Spool implements AsyncDisposable {
  private constructor(
    readonly folder: string,
    readonly file: FileHandle,
    readonly length: number,
  ) {}

  static async of(bytes: ThreadBytes): Promise<Spool> {
    const folder = await mkdtemp(join(tmpdir(), "langgraph-nats-"));
    const file = await open(join(folder, "thread"), "w+", 0o600);
    try {
      let length = 0;
      for await (const part of bytes instanceof Uint8Array ? [bytes] : bytes) {
        await file.writeFile(part);
        length += part.length;
      }
      return new Spool(folder, file, length);
    } catch (error) {
      await new Spool(folder, file, 0)[Symbol.asyncDispose]();
      throw error;
    }
  }

  readonly readAt: ReadAt = async (at, length) => {
    const bytes = Buffer.alloc(Math.max(0, Math.min(length, this.length - at)));
    const { bytesRead } = await this.file.read(bytes, 0, bytes.length, at);
    return bytes.subarray(0, bytesRead);
  };

  async [Symbol.asyncDispose](): Promise<void> {
    await this.file.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}
