import { setTimeout as sleep } from "node:timers/promises";
import { seal } from "./envelope.js";
import { NatsSaverError } from "./errors.js";
import type { Entry, Journal } from "./journal.js";
import { type Known, Lines, type LogEnd } from "./lines.js";
import { type CheckpointRecord, HEADERS, knownFrom, openRecord, type Stored } from "./record.js";
import { checkpointLogs, type Scope, threadSubject, token as tokenOf } from "./subjects.js";

/** Who writes. Of two writers of one thread, the one with the higher epoch fences the other off. */
export interface Writer {
  agent: string;
  owner: string;
  epoch: number;
}

/** Where a checkpoint is looked for: right after the time in its id, then as far as the clocks of client and server may differ.
 * Only then is the whole log read. In ms, and in messages. */
const NEAR = [
  { slack: 1, most: 8 },
  { slack: 10_000, most: 64 },
];

/** A write that a cluster has taken and not yet stored: how often, and after how many ms, it is looked for again. */
const IN_FLIGHT_TRIES = 100;
const IN_FLIGHT_MS = 100;

/** The checkpoint logs: one subject per thread and namespace, one message per checkpoint, newest last. */
export class CheckpointLog {
  readonly #lines = new Lines();

  constructor(
    readonly journal: Journal,
    readonly writer: Writer,
  ) {}

  /** The newest checkpoint. What is built on it must find the log as it is now. */
  async newest(scope: Scope): Promise<Stored | undefined> {
    const stored = await this.#end(scope);
    this.#lines.loaded(scope.checkpoints, stored?.record.id, endAt(stored));
    return stored;
  }

  /** A checkpoint by its id. What is built on it is a fork, and must find the log as it is now. */
  async byId(scope: Scope, id: string): Promise<Stored | undefined> {
    const [end, found] = await Promise.all([this.#end(scope), this.#find(scope, id)]);
    const stored = end?.record.id === id ? end : found;
    this.#lines.loaded(scope.checkpoints, stored?.record.id, endAt(end));
    return stored;
  }

  /** The checkpoint that the named one (or the newest) was built on. Changes nothing in what later writes expect. */
  async ancestor(scope: Scope, id: string | undefined): Promise<Stored | undefined> {
    const stored = await (id === undefined ? this.#end(scope) : this.#find(scope, id));
    return stored === undefined ? undefined : this.parentOf(scope, stored);
  }

  async parentOf(scope: Scope, { record: { parent } }: Stored): Promise<Stored | undefined> {
    if (parent === undefined) return undefined;
    const entry = await this.journal.at(parent.seq);
    const stored = entry?.subject === scope.checkpoints ? openRecord(entry) : undefined;
    return stored?.record.id === parent.id ? stored : this.#find(scope, parent.id);
  }

  /** What a new checkpoint on `parent` starts from: the parent's content, and the end that the log must have.
   * @throws NatsSaverError `conflict` when the parent was never stored, or a newer writer owns the thread */
  async base(
    scope: Scope,
    parent: string | undefined,
    isFork: boolean,
  ): Promise<{ known: Known | undefined; end: LogEnd }> {
    const log = scope.checkpoints;
    let known = parent === undefined ? undefined : this.#lines.known(log, parent);
    // A fork is built on whichever checkpoint its writer chose, after loading the thread: perhaps the parent of the one it loaded.
    let end = (isFork ? this.#lines.loadedEnd(log) : undefined) ?? this.#lines.end(log, parent);
    if (parent !== undefined && known === undefined) {
      const stored = await this.#find(scope, parent);
      if (stored === undefined) {
        throw new NatsSaverError(
          "conflict",
          `Thread "${scope.thread}" has no checkpoint ${parent} to build on: it was deleted, or its writer lost to another one. Load the thread again.`,
        );
      }
      known = knownFrom(stored);
    }
    end ??= endAt(await this.#end(scope));
    this.refuseIfFenced(scope, end.epoch);
    return { known, end };
  }

  /** Whether this version of a channel was ever seen in the log by this saver. */
  hasVersion(scope: Scope, channel: string, version: number | string): boolean {
    return this.#lines.hasVersion(scope.checkpoints, channel, version);
  }

  /** Appends a checkpoint. It is stored when this returns, and only then.
   * @throws NatsSaverError `conflict` when the log no longer ends where the writer saw its end */
  async append(scope: Scope, record: CheckpointRecord, area: Uint8Array[]): Promise<Known> {
    const data = seal(record, area);
    const seq = await this.#stored(scope, record, data);
    if (seq === undefined) {
      throw new NatsSaverError(
        "conflict",
        `Thread "${scope.thread}" was written by someone else since it was loaded; this checkpoint was not stored. Load the thread again.`,
      );
    }
    const known = knownFrom({ record, seq, area: Buffer.concat(area) });
    this.#lines.remember(scope.checkpoints, record.id, known);
    this.#lines.appended(scope.checkpoints, record.id, { seq, epoch: this.writer.epoch });
    return known;
  }

  /** @throws NatsSaverError `conflict` when a message of that epoch is newer than this writer */
  refuseIfFenced(scope: Scope, epoch: number): void {
    if (epoch <= this.writer.epoch) return;
    throw new NatsSaverError(
      "conflict",
      `Thread "${scope.thread}" now belongs to a writer of epoch ${epoch}; this one has epoch ${this.writer.epoch} and may not write any more.`,
    );
  }

  /** The checkpoints of one thread and namespace, or of all where they are not given, newest first. */
  async *backwards(thread: string | undefined, namespace: string | undefined): AsyncGenerator<Stored> {
    const ends = await this.journal.lastOfEach(checkpointLogs(this.writer.agent, thread, namespace));
    const walks = ends.map((entry) => ({ log: entry.subject, stored: openRecord(entry) }));
    while (walks.length > 0) {
      walks.sort((a, b) => b.stored.seq - a.stored.seq);
      const [newest] = walks;
      if (newest === undefined) return;
      yield newest.stored;
      const before = await this.#before(newest.log, newest.stored.record.previous);
      if (before === undefined) walks.shift();
      else newest.stored = before;
    }
  }

  /** Forgets what was remembered of a thread, because it has been deleted. */
  forget(thread: string): void {
    this.#lines.forget(threadSubject(this.writer.agent, thread));
  }

  /** The sequence of the checkpoint, stored now or by an attempt whose answer was lost; `undefined` if another one has its place. */
  async #stored(scope: Scope, record: CheckpointRecord, data: Uint8Array): Promise<number | undefined> {
    for (let tries = 0; ; tries += 1) {
      const seq = await this.#publish(scope, record, data, true);
      if (seq !== undefined) return seq;
      const end = await this.journal.last(scope.checkpoints);
      if ((end?.seq ?? 0) !== record.previous || tries === IN_FLIGHT_TRIES) return this.#own(scope, record, data);
      // Refused although nobody has written: an earlier attempt is still on its way through a cluster that changes its leader.
      await sleep(IN_FLIGHT_MS);
    }
  }

  async #publish(
    scope: Scope,
    record: CheckpointRecord,
    data: Uint8Array,
    named: boolean,
  ): Promise<number | undefined> {
    const ack = await this.journal.append(scope.checkpoints, data, {
      expected: record.previous,
      headers: {
        [HEADERS.checkpoint]: tokenOf(record.id),
        [HEADERS.epoch]: String(this.writer.epoch),
        [HEADERS.owner]: tokenOf(this.writer.owner),
      },
      ...(named ? { messageId: `${scope.checkpoints} ${tokenOf(record.id)}` } : {}),
    });
    if (ack === undefined || !ack.duplicate) return ack?.seq;
    // The server remembers the id for two minutes, even of a message that was deleted with its thread in between.
    const entry = await this.journal.at(ack.seq);
    if (entry !== undefined && Buffer.compare(entry.data, data) === 0) return ack.seq;
    return this.#publish(scope, record, data, false);
  }

  /** Where this very checkpoint already is: an attempt whose answer was lost may have stored it. It can only stand
   * directly behind the end that its writer expected. */
  async #own(scope: Scope, record: CheckpointRecord, data: Uint8Array): Promise<number | undefined> {
    for await (const entry of this.journal.from(scope.checkpoints, record.previous + 1)) {
      return Buffer.compare(entry.data, data) === 0 ? entry.seq : undefined;
    }
    return undefined;
  }

  async #end(scope: Scope): Promise<Stored | undefined> {
    const entry = await this.journal.last(scope.checkpoints);
    return entry === undefined ? undefined : this.#noted(scope, openRecord(entry));
  }

  async #find(scope: Scope, id: string): Promise<Stored | undefined> {
    const seq = this.#lines.known(scope.checkpoints, id)?.seq;
    const remembered = seq === undefined ? undefined : await this.journal.at(seq);
    const isIt = (entry: Entry) =>
      entry.subject === scope.checkpoints && entry.header(HEADERS.checkpoint) === tokenOf(id);
    if (remembered !== undefined && isIt(remembered)) return openRecord(remembered);
    // A UUID tells when it was made, and the stream can be read from a time on: no index is needed.
    const time = this.journal.seeksTime ? timeOf(id) : undefined;
    for (const { slack, most } of NEAR) {
      if (time === undefined) break;
      let seen = 0;
      for await (const entry of this.journal.from(scope.checkpoints, new Date(time - slack))) {
        if (isIt(entry)) return this.#noted(scope, openRecord(entry));
        seen += 1;
        if (seen === most) break;
      }
    }
    for await (const entry of this.journal.from(scope.checkpoints, 1)) {
      if (isIt(entry)) return this.#noted(scope, openRecord(entry));
    }
    return undefined;
  }

  async #before(log: string, previous: number): Promise<Stored | undefined> {
    if (previous === 0) return undefined;
    const entry = await this.journal.at(previous);
    if (entry !== undefined) return openRecord(entry);
    const older = await this.journal.lastUpTo(log, previous);
    return older === undefined ? undefined : openRecord(older);
  }

  #noted(scope: Scope, stored: Stored): Stored {
    this.#lines.remember(scope.checkpoints, stored.record.id, knownFrom(stored));
    return stored;
  }
}

function endAt(stored: Stored | undefined): LogEnd {
  return { seq: stored?.seq ?? 0, epoch: stored?.epoch ?? 0 };
}

/** The time in a version 6 UUID, in ms since 1970, if the id is one. */
function timeOf(id: string): number | undefined {
  const parts = /^([0-9a-f]{8})-([0-9a-f]{4})-6([0-9a-f]{3})-[0-9a-f]{4}-[0-9a-f]{12}$/i.exec(id);
  if (parts === null) return undefined;
  const ticks = BigInt(`0x${parts[1]}${parts[2]}${parts[3]}`);
  const gregorianStart = 122_192_928_000_000_000n;
  return Number((ticks - gregorianStart) / 10_000n);
}
