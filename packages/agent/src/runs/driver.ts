import { setTimeout as sleep } from "node:timers/promises";
import type { Backbone } from "@vibewriter/backbone";
import { errorCode, rootError } from "../errors.js";
import type { Machines } from "../machines.js";
import type { ModelEnvironment } from "../models/model.js";
import { announce } from "./announce.js";
import type { RunEvent } from "./event.js";
import { dropEmptyFolder } from "./export.js";
import { Fence, isFenced } from "./fence.js";
import { pauseBefore } from "./heals.js";
import { isOutOfSpace } from "./out-of-space.js";
import { isAtRest, isFinal, type RunRecord, type RunStatus, type WorkerIdentity } from "./record.js";
import { Requests } from "./requests.js";
import type { RunStore } from "./store.js";
import { atRest } from "./turns.js";

/** Why a drive stops before the run is at rest; the run becomes that, or goes back to its queue. */
export type StopReason = "cancelled" | "interrupted" | "handed back" | "fenced";

/** Where a drive came to rest. */
export type Rest = Pick<RunRecord, "status" | "error" | "approval" | "question" | "result"> &
  Partial<Pick<RunRecord, "heard" | "reports">> & {
    /** Of a run that waits: whether a person has answered, by now, what nobody had answered when the agent came to rest. */
    readonly isAnswered?: () => Promise<boolean>;
  };

export interface DriveOptions {
  /** Keys and addresses for this run. */
  readonly env: ModelEnvironment;
  readonly signal: AbortSignal;
  /** When the drive began, in milliseconds of this machine's uptime. */
  readonly started: number;
  readonly fence: Fence;
  /** Of the task that asked for it. */
  readonly traceparent?: string;
}

/** Drives a run once, from its last checkpoint to rest. Throws what stopped it. */
export type Drive = (record: RunRecord, o: DriveOptions) => Promise<Rest>;

/** The right to drive a run, until somebody else claims it. */
export interface Claim {
  readonly record: RunRecord;
  readonly fence: Fence;
}

export interface RunDriverOptions {
  readonly home: string;
  readonly backbone: Pick<Backbone, "events">;
  readonly runs: RunStore;
  readonly worker: WorkerIdentity;
  readonly machines: Pick<Machines, "isolation" | "sandbox">;
  readonly drive: Drive;
}

/** Claims runs and drives them to rest, on behalf of one worker. */
export class RunDriver {
  readonly #o: RunDriverOptions;

  constructor(o: RunDriverOptions) {
    this.#o = o;
  }

  /**
   * Makes a run this worker's by raising its epoch; from now on whoever drove it before is refused. Returns nothing if there is nothing to
   * drive any more: it is at rest, or its task has been submitted anew.
   * @param o.submission the submission of the task that says so
   * @throws AgentError `run_not_found`
   */
  async claim(
    runId: string,
    o: { submission?: number; unconfirmedMs?: () => number } = {},
  ): Promise<Claim | undefined> {
    const { isolation, sandbox } = this.#o.machines;
    let isOurs = false;
    const record = await this.#o.runs.change(runId, (now) => {
      isOurs = !isAtRest(now.status) && (o.submission ?? now.submission) === now.submission;
      if (!isOurs) return undefined;
      // The reason for having stopped stays: an agent that has ended does not give it again.
      const { error: _, finishedAt: __, result: ___, ...rest } = now;
      return {
        ...rest,
        status: "running",
        epoch: now.epoch + 1,
        worker: this.#o.worker,
        isolation,
        sandbox,
        laidOut: true,
        drives: now.drives + 1,
        losses: now.status === "running" ? now.losses + 1 : now.losses,
        startedAt: now.startedAt ?? new Date().toISOString(),
      };
    });
    if (!isOurs) return undefined;
    const { unconfirmedMs } = o;
    return { record, fence: new Fence(this.#o.runs, { runId, epoch: record.epoch, unconfirmedMs }) };
  }

  /**
   * Drives a claimed run from its last checkpoint until it is done, failed or waits for a person; what goes wrong on the way is in the
   * record. When `signal` aborts, its reason, a {@link StopReason}, decides what the run becomes.
   * @throws BackboneError `fenced` if somebody else has claimed it, `unavailable` if NATS stays away; nothing is written then
   */
  async drive(claim: Claim, o: Pick<DriveOptions, "env" | "signal" | "traceparent">): Promise<RunRecord> {
    const { record } = claim;
    const started = performance.now();
    const stopping = new AbortController();
    const signal = AbortSignal.any([o.signal, stopping.signal]);
    try {
      await this.#tell(record, { type: "status", data: { status: "running" } }, `status.${record.epoch}.running`);
      await using _requests = Requests.follow(this.#o.backbone.events, record.runId, {
        onCancel: () => stopping.abort("cancelled"),
        onProgress: () => this.#forgive(claim),
      });
      const rest = await this.#patiently(claim, { ...o, signal, started, fence: claim.fence });
      return await this.#goOnIfAnswered(claim, await this.#settle(claim, started, rest.status, rest), rest);
    } catch (error) {
      if (isFenced(error)) throw error;
      // A checkpoint that was refused, a question that was there already: whoever lost a race looks who has won it.
      await claim.fence.check();
      if (signal.aborted) return await this.#stopped(claim, started, signal.reason);
      const failure = await failureOf(error, record.runId, this.#o.home);
      const event: RunEvent = { type: "log", data: { level: "error", text: failure.message } };
      await this.#tell(record, event, `error.${record.epoch}`);
      return await this.#settle(claim, started, "failed", { error: failure });
    }
  }

  /** Lets a claimed run rest without driving it, for a reason. */
  async giveUp(claim: Claim, error: NonNullable<RunRecord["error"]>): Promise<RunRecord> {
    return await this.#settle(claim, performance.now(), "interrupted", { error });
  }

  /** Workers have died over the run, and this one gets it further: what comes now is not the same trouble. */
  async #forgive({ record, fence }: Claim): Promise<void> {
    if (record.losses > 0) await fence.change((now) => ({ ...now, losses: 0 }));
  }

  /** Whether the folder of a run is on this host. */
  #hasFolder({ origin }: RunRecord): boolean {
    return origin === undefined || origin === this.#o.worker.host;
  }

  async #patiently(claim: Claim, o: DriveOptions): Promise<Rest> {
    for (let tries = 0; ; tries++) {
      try {
        return await this.#o.drive(tries === 0 ? claim.record : await this.#o.runs.get(claim.record.runId), o);
      } catch (error) {
        const root = rootError(error);
        const pause = (await isOutOfSpace(root, this.#o.home)) ? undefined : pauseBefore(tries + 1, root);
        if (pause === undefined || o.signal.aborted) throw error;
        await claim.fence.check();
        const text = `${root.message} Trying again in ${pause / 1_000} s.`;
        await this.#tell(
          claim.record,
          { type: "log", data: { level: "warn", text } },
          `again.${claim.record.epoch}.${tries}`,
        );
        await sleep(pause, undefined, { signal: o.signal });
      }
    }
  }

  async #stopped(claim: Claim, started: number, reason: StopReason): Promise<RunRecord> {
    if (reason !== "handed back") {
      const isCancelled = reason === "cancelled";
      return await this.#settle(claim, started, isCancelled ? "cancelled" : "interrupted", {});
    }
    const record = await claim.fence.change(({ worker: _, ...now }) => ({
      ...now,
      status: "queued",
      activeMs: now.activeMs + elapsed(started),
    }));
    const text = `The worker on ${this.#o.worker.host} has ended and handed the run back; it goes on from its last checkpoint.`;
    await this.#tell(record, { type: "log", data: { level: "info", text } }, `handed.${record.epoch}`);
    await this.#tell(record, { type: "status", data: { status: "queued" } }, `status.${record.epoch}.queued`);
    return record;
  }

  async #settle(
    claim: Claim,
    started: number,
    status: RunStatus,
    { heard, isAnswered: _, ...o }: Partial<Rest>,
  ): Promise<RunRecord> {
    const before = await this.#o.runs.get(claim.record.runId);
    const isEmpty = status === "failed" && this.#hasFolder(before);
    const hasFolder = isEmpty ? await dropEmptyFolder(before.folder) : undefined;
    const record = await claim.fence.change(({ worker: _, ...now }) => {
      const rested: RunRecord = {
        ...now,
        ...o,
        hasFolder: hasFolder ?? now.hasFolder,
        status,
        losses: 0,
        laidOut: this.#hasFolder(now) || (status !== "done" && status !== "failed"),
        activeMs: now.activeMs + elapsed(started),
        finishedAt: isFinal(status) ? new Date().toISOString() : undefined,
      };
      return heard === undefined ? rested : atRest(rested, heard);
    });
    // What this drive came to, also where a turn that came after its last look has queued the run again.
    await announce(this.#o.backbone.events, { ...record, status });
    return record;
  }

  /**
   * An answer queues a run that waits. One that came after the drive's last look found it running, so it is looked for once more when the
   * record says `waiting`: whoever of the two comes later sees the other.
   */
  async #goOnIfAnswered(claim: Claim, rested: RunRecord, { isAnswered }: Rest): Promise<RunRecord> {
    if (rested.status !== "waiting" || isAnswered === undefined || !(await isAnswered())) return rested;
    let isOurs = false;
    const now = await claim.fence.change((record) => {
      isOurs = record.status === "waiting";
      if (!isOurs) return record;
      const { approval: _, result: __, ...rest } = record;
      return { ...rest, status: "queued" };
    });
    if (!isOurs) return rested;
    await this.#tell(now, { type: "status", data: { status: "queued" } }, `status.${now.epoch}.queued`);
    return now;
  }

  async #tell(record: RunRecord, event: RunEvent, id: string): Promise<void> {
    const { runId, epoch } = record;
    await this.#o.backbone.events.append(runId, event.type, event.data, { id, epoch });
  }
}

/** Whole milliseconds since a moment of this machine's uptime: no clock that is set in between counts. */
export function elapsed(since: number): number {
  return Math.round(performance.now() - since);
}

async function failureOf(error: unknown, runId: string, home: string): Promise<{ code: string; message: string }> {
  const root = rootError(error);
  if (await isOutOfSpace(root, home)) {
    const message = `The disk is full; free some space, then go on with \`vibewriter resume ${runId}\`.`;
    return { code: "disk_full", message };
  }
  return { code: errorCode(root) ?? "internal", message: root.message };
}
