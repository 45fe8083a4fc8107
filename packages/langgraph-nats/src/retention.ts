import { z } from "zod";
import type { Blobs } from "./blobs.js";
import type { CheckpointReader } from "./checkpoint-reader.js";
import { unseal } from "./envelope.js";
import { NatsSaverError } from "./errors.js";
import type { CheckpointLog } from "./log.js";
import { openRecord, type Stored } from "./record.js";
import { type Kin, kept } from "./retention-plan.js";
import { checkpointLogs, Scope, token } from "./subjects.js";
import { openPiece } from "./unpacker.js";
import type { Segment } from "./values.js";
import type { PendingWrites } from "./writes.js";

const DAY_MS = 24 * 60 * 60 * 1000;

const optionsSchema = z.object({
  olderThan: z
    .number()
    .nonnegative()
    .default(7 * DAY_MS),
  keepNewest: z.int().positive().default(1),
  grace: z
    .number()
    .min(2 * 60 * 60 * 1000)
    .default(DAY_MS),
});

export interface PruneOptions {
  /** The threads that are finished: their ids, or a question that is asked about each thread of this agent. */
  finished: Iterable<string> | AsyncIterable<string> | ((thread: string) => boolean | Promise<boolean>);
  /** Age in milliseconds from which on intermediate checkpoints go. Default 7 days. */
  olderThan?: number;
  /** So many of the newest checkpoints of each namespace stay, whatever their age. Default 1. */
  keepNewest?: number;
  /** Age in milliseconds from which on values that nothing refers to are swept away. At least 2 hours, default 1 day. */
  grace?: number;
}

export interface Pruned {
  /** Threads that were looked at. */
  threads: number;
  /** Checkpoints that were removed, with what tasks had written on top of them. */
  checkpoints: number;
  /** Large values that nothing referred to any more. */
  values: number;
  /** Threads that were left as they are, because something in them is damaged. */
  damaged: { thread: string; error: NatsSaverError }[];
}

/** The checkpoint keys under which LangGraph says which channels are rebuilt from their writes. */
const deltaSchema = z.looseObject({
  counters_since_delta_snapshot: z.record(z.string(), z.unknown()).default({}),
  delta_writes_versioned: z.boolean().default(false),
});

/** Removes what nobody will load again. Every step may be interrupted and repeated: what is still needed of a message is stored in a
 * place of its own before the message goes. */
export class Retention {
  constructor(
    readonly log: CheckpointLog,
    readonly reader: CheckpointReader,
    readonly writes: PendingWrites,
    readonly blobs: Blobs,
  ) {}

  /** @throws NatsSaverError `invalid` */
  async prune(options: PruneOptions): Promise<Pruned> {
    const parsed = optionsSchema.safeParse(options);
    if (!parsed.success) {
      throw new NatsSaverError("invalid", `prune() cannot work with this: ${z.prettifyError(parsed.error)}.`);
    }
    const { olderThan, keepNewest, grace } = parsed.data;
    const now = Date.now();
    const limits = { newest: keepNewest, since: new Date(now - olderThan), swept: new Date(now - grace) };
    const result: Pruned = { threads: 0, checkpoints: 0, values: 0, damaged: [] };
    for await (const thread of this.#finished(options.finished)) {
      result.threads += 1;
      try {
        for (const scope of await this.#scopes(thread)) {
          result.checkpoints += await this.#thin(scope, limits);
          result.values += await this.#sweep(scope, limits.swept);
        }
      } catch (error) {
        if (!(error instanceof NatsSaverError) || error.code !== "corrupt") throw error;
        result.damaged.push({ thread, error });
      }
    }
    return result;
  }

  async *#finished(finished: PruneOptions["finished"]): AsyncGenerator<string> {
    if (typeof finished !== "function") {
      yield* finished;
      return;
    }
    const seen = new Set<string>();
    for (const subject of await this.log.journal.subjects(
      checkpointLogs(this.log.writer.agent, undefined, undefined),
    )) {
      const entry = await this.log.journal.last(subject);
      const thread = entry && openRecord(entry).record.thread;
      if (thread === undefined || seen.has(thread)) continue;
      seen.add(thread);
      if (await finished(thread)) yield thread;
    }
  }

  async #scopes(thread: string): Promise<Scope[]> {
    const { agent } = this.log.writer;
    const heads = await this.log.journal.lastOfEach(checkpointLogs(agent, thread, undefined));
    return heads.map((entry) => new Scope(agent, thread, openRecord(entry).record.namespace));
  }

  /** Removes the checkpoints that need not stay; returns how many. */
  async #thin(scope: Scope, limits: { newest: number; since: Date }): Promise<number> {
    const { journal } = this.log;
    const all: { kin: Kin; pieces: Piece[] }[] = [];
    for await (const entry of journal.from(scope.checkpoints, 1)) {
      const stored = openRecord(entry);
      all.push({ kin: await this.#kin(stored, entry.time), pieces: pieces(stored) });
    }
    const stay = kept(
      all.map(({ kin }) => kin),
      limits,
    );
    const going = all.flatMap(({ kin }) => (stay.has(kin.seq) ? [] : [kin]));
    if (going.length === 0) return 0;
    const doomed = new Set(going.map(({ seq }) => seq));
    await this.#rescue(
      scope,
      all.flatMap(({ kin, pieces }) => (doomed.has(kin.seq) ? [] : pieces)).filter(({ seq }) => doomed.has(seq)),
    );
    // The newest first: those that are left if this is interrupted may refer to older ones.
    for (const { id, seq } of going.reverse()) {
      await journal.purge(scope.allWrites(id));
      await journal.remove(seq);
    }
    return going.length;
  }

  async #kin(stored: Stored, time: Date): Promise<Kin> {
    const { id, parent, previous, channels } = stored.record;
    const metadata = deltaSchema.parse(await this.reader.metadata(stored));
    const counted = Object.keys(metadata.counters_since_delta_snapshot);
    const held = new Set(channels.map(({ name }) => name));
    const versions = counted.length > 0 ? (await this.reader.body(stored)).channel_versions : {};
    const deltas = counted.filter((name) => {
      return !held.has(name) && (!metadata.delta_writes_versioned || Object.hasOwn(versions, name));
    });
    return { id, seq: stored.seq, previous, parent, time, channels: held, deltas };
  }

  /** Gives places of their own to the pieces that checkpoints which stay need of messages which go.
   * @throws NatsSaverError `corrupt` when one is not what it was; then nothing must go */
  async #rescue(scope: Scope, needed: readonly Piece[]): Promise<void> {
    const done = new Set<string>();
    for (const seq of new Set(needed.map((piece) => piece.seq))) {
      const entry = await this.log.journal.at(seq);
      // Another prune at the same time has been here.
      if (entry === undefined) continue;
      const { area } = unseal(entry.data, `The checkpoint at sequence ${seq} of the stream`);
      for (const { seq: from, at, stored: length, hash } of needed) {
        if (from !== seq || done.has(hash)) continue;
        done.add(hash);
        const bytes = area.subarray(at, at + length);
        if ((await openPiece(bytes, hash)) === undefined) {
          const text = `Thread "${scope.thread}" is damaged at sequence ${seq} of the stream and was not pruned: restore it from a backup.`;
          throw new NatsSaverError("corrupt", text);
        }
        await this.blobs.put(scope, this.blobs.placeFor(length), hash, bytes);
      }
    }
  }

  /** Removes what nothing refers to any more; returns how many large values that were. */
  async #sweep(scope: Scope, before: Date): Promise<number> {
    const { journal } = this.log;
    const checkpoints = new Set<string>();
    const needed = new Set<string>();
    for await (const entry of journal.from(scope.checkpoints, 1)) {
      const stored = openRecord(entry);
      checkpoints.add(token(stored.record.id));
      for (const { hash } of pieces(stored)) needed.add(hash);
    }
    for (const subject of await journal.subjects(scope.everyWrite)) {
      // An interrupted prune, or a task that was late, leaves writes on a checkpoint that is gone.
      const written = subject.split(".").at(-2);
      if (written === undefined || checkpoints.has(written)) continue;
      const last = await journal.last(subject);
      if (last !== undefined && last.time <= before) await journal.purge(subject, { before: last.seq + 1 });
    }
    for (const hash of await this.writes.pieces(scope)) needed.add(hash);
    return this.blobs.sweep(scope, before, (hash) => needed.has(hash));
  }
}

/** A part of a value that a checkpoint has beside its own message. `seq` is 0 for one in a place of its own. */
interface Piece {
  hash: string;
  seq: number;
  at: number;
  stored: number;
}

function pieces({ record }: Stored): Piece[] {
  const values = [record.checkpoint, record.metadata, ...record.channels.map(({ value }) => value)];
  return values.flatMap(({ segments }) => segments.flatMap(piece));
}

function piece(segment: Segment): Piece[] {
  if (segment.in === "small" || segment.in === "here") return [];
  if (segment.in === "earlier") return [segment];
  return [{ hash: segment.hash, seq: 0, at: 0, stored: 0 }];
}
