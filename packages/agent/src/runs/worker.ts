import { hostname } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { type Delivery, type QueueName, STATE_VERSION } from "@vibewriter/backbone";
import { errorCode } from "../errors.js";
import type { ModelEnvironment } from "../models/model.js";
import { announce } from "./announce.js";
import type { RunBoard } from "./board.js";
import type { Claim, RunDriver, StopReason } from "./driver.js";
import { isFenced } from "./fence.js";
import type { KeyRing } from "./key-ring.js";
import type { RunParts } from "./parts.js";
import { isAtRest, type RunRecord, type RunStatus } from "./record.js";
import { Sweeper } from "./sweeper.js";

export interface RunWorkerOptions {
  readonly parts: RunParts;
  readonly board: RunBoard;
  readonly driver: RunDriver;
  /** Keys that came with the runs of this host. */
  readonly keys: KeyRing;
  /** Keys of the worker's own, for the runs of the pool. */
  readonly env: ModelEnvironment;
  /** What it serves of the pool. */
  readonly classes: readonly string[];
  /** How many runs it drives at once. */
  readonly capacity: number;
  readonly version: string;
  readonly isolation: RunRecord["isolation"];
  readonly onEvent?: (event: WorkerEvent) => void;
}

/** What happens to a worker's runs. */
export type WorkerEvent =
  | { readonly type: "run claimed"; readonly run: string; readonly epoch: number; readonly deliveries: number }
  | {
      readonly type: "run at rest";
      readonly run: string;
      readonly status: RunStatus;
      readonly ms: number;
      /** Why, of a run that failed or was interrupted. */
      readonly error?: string;
    }
  | { readonly type: "run handed back"; readonly run: string }
  /** Another worker has it: this one has stopped and touched nothing more. */
  | { readonly type: "run lost"; readonly run: string }
  /** NATS stayed away; whoever hears of the task next goes on with it. */
  | { readonly type: "run let go"; readonly run: string; readonly error: string }
  | { readonly type: "worker troubled"; readonly error: string };

interface Driving {
  delivery: Delivery;
  readonly controller: AbortController;
  /** Of the claim; absent before it. */
  epoch?: number;
  readonly done: Promise<void>;
}

const BEAT_MS = 5_000;
/** How often it looks for tasks although no news came: those that were given back by time, and news that were missed. */
const LOOK_MS = 1_000;
/** A task of a run that a living worker drives is looked at again after so long. */
const HELD_ELSEWHERE_MS = 30_000;
/** Workers that may die one after the other while they drive a run without getting it any further. */
const MOST_LOSSES = 5;

/** Pulls tasks as it has room, claims their runs and drives them to rest; says that it lives, and takes care of what others have left. */
export class RunWorker implements AsyncDisposable {
  readonly #o: RunWorkerOptions;
  readonly #queues: readonly QueueName[];
  readonly #driving = new Map<string, Driving>();
  readonly #sweeper: Sweeper;
  readonly #ending = new AbortController();
  readonly #startedAt = new Date().toISOString();
  readonly #loops: Promise<unknown>[] = [];
  readonly #watching: Disposable;
  #wake: () => void = () => undefined;
  #isNews = false;

  private constructor(o: RunWorkerOptions) {
    this.#o = o;
    this.#queues = [`host.${o.parts.worker.host}`, ...o.classes.map((name): QueueName => `pool.${name}`)];
    this.#sweeper = new Sweeper(o);
    this.#watching = o.board.onRun((record) => this.#heed(record));
  }

  /** Begins to pull. Runs that an earlier process of this host was driving are taken back first: it is dead. */
  static async start(o: RunWorkerOptions): Promise<RunWorker> {
    const worker = new RunWorker(o);
    await worker.#beat();
    await worker.#sweeper.takeBack();
    worker.#loops.push(worker.#every(BEAT_MS, () => worker.#beat()));
    worker.#loops.push(worker.#every(BEAT_MS, () => worker.#sweeper.sweep()));
    worker.#loops.push(worker.#pull(), worker.#listen());
    return worker;
  }

  /** Runs that it drives now. */
  get active(): number {
    return this.#driving.size;
  }

  /**
   * Ends: nothing is pulled any more, and what is under way is handed back at once, so that others go on from the last checkpoint. A run
   * whose keys came with it, and that no other worker can go on with, is interrupted.
   */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#ending.abort();
    this.#look();
    for (const [runId, { controller }] of this.#driving) controller.abort(this.#reasonToStop(runId));
    await Promise.all([...this.#loops, ...[...this.#driving.values()].map(({ done }) => done)]);
    this.#watching[Symbol.dispose]();
    try {
      await this.#o.parts.workers.delete(this.#o.parts.worker.id);
    } catch (error) {
      this.#trouble(error); // It is silent from now on, which says the same, later.
    }
  }

  #reasonToStop(runId: string): StopReason {
    return this.#o.keys.of(runId) === undefined ? "handed back" : "interrupted";
  }

  async #pull(): Promise<void> {
    while (!this.#ending.signal.aborted) {
      const more = this.#driving.size < this.#o.capacity && (await this.#takeOne());
      if (!more) await this.#pause(LOOK_MS);
    }
  }

  /** True if there may be more. */
  async #takeOne(): Promise<boolean> {
    for (const queue of this.#queues) {
      try {
        const delivery = await this.#o.parts.backbone.tasks.take(queue);
        if (delivery === undefined) continue;
        if (this.#ending.signal.aborted) await delivery.nak();
        else this.#begin(delivery);
        return true;
      } catch (error) {
        if (errorCode(error) === "closed") return false;
        this.#trouble(error);
      }
    }
    return false;
  }

  #begin(delivery: Delivery): void {
    const runId = delivery.id;
    const before = this.#driving.get(runId);
    if (before !== undefined) {
      // A server that has crashed delivers again what we hold: the newer delivery is the one to answer.
      before.delivery[Symbol.dispose]();
      before.delivery = delivery;
      return;
    }
    const driving: Driving = {
      delivery,
      controller: new AbortController(),
      done: Promise.resolve().then(() => this.#serve(driving)),
    };
    this.#driving.set(runId, driving);
  }

  async #serve(driving: Driving): Promise<void> {
    const runId = driving.delivery.id;
    try {
      await this.#handle(runId, driving);
    } catch (error) {
      if (isFenced(error)) this.#tell({ type: "run lost", run: runId });
      else this.#tell({ type: "run let go", run: runId, error: messageOf(error) });
    } finally {
      driving.delivery[Symbol.dispose]();
      this.#driving.delete(runId);
      this.#look();
    }
  }

  async #handle(runId: string, driving: Driving): Promise<void> {
    const record = await this.#o.parts.runs.find(runId);
    if (record === undefined) return await driving.delivery.term();
    const isCurrent = String(record.submission) === driving.delivery.submission;
    if (!isCurrent || isAtRest(record.status)) {
      // Killed between the record and the last words: they are said now.
      if (isCurrent && record.worker === undefined) await announce(this.#o.parts.backbone.events, record);
      return await driving.delivery.ack();
    }
    if (this.#isDrivenElsewhere(record)) return await driving.delivery.nak(HELD_ELSEWHERE_MS);
    const env = { ...this.#o.env, ...this.#o.keys.of(runId) };
    if (this.#lacksKeys(record) && (await this.#sweeper.toPool(record))) return await driving.delivery.ack();
    const started = performance.now();
    let after = await this.#claimAndDrive(record, driving, env);
    // A turn or an answer that came after the drive's last look: nobody else takes it up, because the run was under way.
    while (after?.status === "queued" && !driving.controller.signal.aborted) {
      after = await this.#claimAndDrive(after, driving, env);
    }
    if (after === undefined) return await driving.delivery.ack();
    if (after.status === "queued") {
      await driving.delivery.nak();
      return this.#tell({ type: "run handed back", run: runId });
    }
    this.#o.keys.drop(runId);
    await driving.delivery.ack();
    const { status, error } = after;
    const ms = Math.round(performance.now() - started);
    this.#tell({
      type: "run at rest",
      run: runId,
      status,
      ms,
      ...(error && { error: `${error.code}: ${error.message}` }),
    });
  }

  /** Undefined if there was nothing to drive any more. */
  async #claimAndDrive(
    { runId, submission }: RunRecord,
    driving: Driving,
    env: ModelEnvironment,
  ): Promise<RunRecord | undefined> {
    const unconfirmedMs = () => driving.delivery.unconfirmedMs;
    const claim = await this.#o.driver.claim(runId, { submission, unconfirmedMs });
    if (claim === undefined) return undefined;
    const { epoch } = claim.record;
    driving.epoch = epoch;
    this.#tell({ type: "run claimed", run: runId, epoch, deliveries: driving.delivery.deliveries });
    return await this.#driveOrGiveUp(claim, driving, env);
  }

  async #driveOrGiveUp(claim: Claim, driving: Driving, env: ModelEnvironment): Promise<RunRecord> {
    const { record } = claim;
    if (this.#lacksKeys(record)) {
      const message =
        "The keys that came with this run are gone with the process that had them; resuming it sends them again.";
      return await this.#o.driver.giveUp(claim, { code: "keys_lost", message });
    }
    if (record.losses > MOST_LOSSES) {
      const message = `${record.losses} workers have died over this run without getting it any further; see their logs before it is resumed.`;
      return await this.#o.driver.giveUp(claim, { code: "workers_lost", message });
    }
    return await this.#o.driver.drive(claim, {
      env,
      signal: driving.controller.signal,
      traceparent: driving.delivery.traceparent,
    });
  }

  #lacksKeys({ runId, hasKeys }: RunRecord): boolean {
    return hasKeys && this.#o.keys.of(runId) === undefined;
  }

  /** Another worker lives and says that it drives the run, or has claimed it too lately to have said so. */
  #isDrivenElsewhere(record: RunRecord): boolean {
    const { worker, runId } = record;
    if (record.status !== "running" || worker === undefined || worker.id === this.#o.parts.worker.id) return false;
    if (worker.host === this.#o.parts.worker.host) return false; // One process at a time has a home: that one is dead.
    const other = this.#o.board.worker(worker.id);
    const isAlive = this.#o.board.living.some(({ id }) => id === worker.id);
    if (other === undefined || !isAlive) return false;
    const changedAt = this.#o.board.active.find((one) => one.record.runId === runId)?.changedAt ?? 0;
    return other.info.runs.includes(runId) || other.at < changedAt + BEAT_MS;
  }

  /** Somebody else has claimed what this worker drives: it stops at once, and not only at its next write. */
  #heed({ runId, epoch }: RunRecord): void {
    const driving = this.#driving.get(runId);
    if (driving?.epoch !== undefined && epoch > driving.epoch) driving.controller.abort("fenced");
  }

  async #beat(): Promise<void> {
    const { parts, classes, capacity, version, isolation } = this.#o;
    const runs = [...this.#driving.keys()];
    await parts.workers.put(parts.worker.id, {
      ...parts.worker,
      machine: hostname(),
      version,
      stateVersion: STATE_VERSION,
      classes: [...classes],
      capacity,
      active: runs.length,
      runs,
      isolation,
      startedAt: this.#startedAt,
      at: new Date().toISOString(),
    });
  }

  async #listen(): Promise<void> {
    for await (const _ of this.#o.parts.backbone.tasks.news(this.#queues, this.#ending.signal)) this.#look();
  }

  async #every(ms: number, work: () => Promise<void>): Promise<void> {
    while (!this.#ending.signal.aborted) {
      await sleep(ms, undefined, { signal: this.#ending.signal }).catch(() => undefined); // Ending: the loop sees it.
      if (this.#ending.signal.aborted) return;
      try {
        await work();
      } catch (error) {
        if (errorCode(error) === "closed") return;
        this.#trouble(error); // NATS is away; the next round tries again.
      }
    }
  }

  /** Until something may have come, or for so long. */
  async #pause(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
      if (this.#isNews || this.#ending.signal.aborted) this.#wake();
    });
    this.#isNews = false;
  }

  #look(): void {
    this.#isNews = true;
    this.#wake();
  }

  #trouble(error: unknown): void {
    this.#tell({ type: "worker troubled", error: messageOf(error) });
  }

  #tell(event: WorkerEvent): void {
    this.#o.onEvent?.(event);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
