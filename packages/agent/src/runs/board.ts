import { setTimeout as sleep } from "node:timers/promises";
import type { RecordChange, Records } from "@vibewriter/backbone";
import { errorCode } from "../errors.js";
import { isAtRest, type RunRecord } from "./record.js";
import type { RunStore } from "./store.js";
import type { WorkerInfo } from "./worker-info.js";

/** A worker that was silent for so long is taken for dead; what it still writes is fenced. */
export const SILENT_MS = 20_000;
/** Between two beats of one's own; with a longer gap the line was down, and the silence of others says nothing. */
const LONGEST_GAP_MS = 10_000;

/** A run that is not at rest, and when its record has last changed, in the server's milliseconds. */
export interface ActiveRun {
  readonly record: RunRecord;
  readonly changedAt: number;
}

/**
 * The runs that are not at rest and the workers, as NATS has them, kept up to date. Ages are measured by the server's clock alone: no
 * clock of a worker counts, and none may jump.
 */
export class RunBoard implements AsyncDisposable {
  readonly #runs = new Map<string, ActiveRun>();
  readonly #workers = new Map<string, { info: WorkerInfo; at: number }>();
  readonly #listeners = new Set<(record: RunRecord) => void>();
  readonly #ending = new AbortController();
  readonly #watching: Promise<unknown>;
  readonly #own: string;
  /** Since when one's own beats have come back without a gap, and when the last one did. */
  #beats = { since: Number.POSITIVE_INFINITY, last: Number.NEGATIVE_INFINITY };
  /** The server's time at a moment of this machine's uptime. */
  #clock = { server: 0, local: performance.now() };

  private constructor(runs: RunStore, workers: Records<WorkerInfo>, own: string) {
    this.#own = own;
    const { signal } = this.#ending;
    this.#watching = Promise.all([
      this.#watch(
        () => runs.watch(signal),
        (change) => this.#run(change),
      ),
      this.#watch(
        () => workers.watch({ signal }),
        (change) => this.#worker(change),
      ),
    ]);
  }

  /** @param own the worker whose beats tell how good the line is */
  static async open(runs: RunStore, workers: Records<WorkerInfo>, own: string): Promise<RunBoard> {
    const [records, known] = await Promise.all([runs.list(), workers.list()]);
    const board = new RunBoard(runs, workers, own);
    // What is there already, before the watches have caught up; nobody is called dead or alive by it.
    for (const record of records) if (!isAtRest(record.status)) board.#runs.set(record.runId, { record, changedAt: 0 });
    for (const { key, value } of known) board.#workers.set(key, { info: value, at: 0 });
    return board;
  }

  /** Runs that are queued or driven, by anybody. */
  get active(): ActiveRun[] {
    return [...this.#runs.values()];
  }

  /** Workers that were heard of lately. */
  get living(): WorkerInfo[] {
    return [...this.#workers.values()].filter(({ at }) => this.now - at <= SILENT_MS).map(({ info }) => info);
  }

  /** All workers on record, with the age of their last word in milliseconds. */
  get workers(): { info: WorkerInfo; silentMs: number; isAlive: boolean }[] {
    return [...this.#workers.values()].map(({ info, at }) => {
      const silentMs = Math.max(0, this.now - at);
      return { info, silentMs, isAlive: silentMs <= SILENT_MS };
    });
  }

  /** The server's time now, in milliseconds since 1970, as far as its last word tells. */
  get now(): number {
    return this.#clock.server + (performance.now() - this.#clock.local);
  }

  /** Whether the line has been good for as long as somebody must be silent to be taken for dead. */
  get isSteady(): boolean {
    const now = performance.now();
    return now - this.#beats.last <= LONGEST_GAP_MS && now - this.#beats.since >= SILENT_MS;
  }

  worker(id: string): { info: WorkerInfo; at: number } | undefined {
    return this.#workers.get(id);
  }

  /** Whether a living worker serves a class. */
  serves(class_: string): boolean {
    return this.living.some(({ classes, capacity }) => capacity > 0 && classes.includes(class_));
  }

  /** Calls `listener` with each change of a run's record. */
  onRun(listener: (record: RunRecord) => void): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ending.abort();
    await this.#watching;
  }

  #run({ key, value, time }: RecordChange<RunRecord>): void {
    this.#sync(time);
    if (value === undefined || isAtRest(value.status)) this.#runs.delete(key);
    else this.#runs.set(key, { record: value, changedAt: time });
    if (value !== undefined) for (const listener of this.#listeners) listener(value);
  }

  #worker({ key, value, time }: RecordChange<WorkerInfo>): void {
    if (key === this.#own) this.#beat(time);
    else this.#sync(time);
    if (value === undefined) this.#workers.delete(key);
    else this.#workers.set(key, { info: value, at: time });
  }

  #beat(server: number): void {
    const local = performance.now();
    const isGap = local - this.#beats.last > LONGEST_GAP_MS;
    this.#beats = { since: isGap ? local : this.#beats.since, last: local };
    this.#clock = { server, local };
  }

  #sync(server: number): void {
    // A message that was long on its way, or is of long ago, does not turn the clock back.
    if (server >= this.now) this.#clock = { server, local: performance.now() };
  }

  /** Over whatever happens to the connection, until the end. */
  async #watch<T>(open: () => AsyncIterable<RecordChange<T>>, take: (change: RecordChange<T>) => void): Promise<void> {
    while (!this.#ending.signal.aborted) {
      try {
        for await (const change of open()) take(change);
      } catch (error) {
        if (errorCode(error) === "closed") return;
        await sleep(1_000, undefined, { ref: false }); // NATS is away, or a record is of another version: look again.
      }
    }
  }
}
