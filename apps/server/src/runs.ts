import type { RunRecord, RunRequest } from "@vibewriter/agent/runs";
import type { Backbone } from "@vibewriter/backbone";
import type { Decision } from "./api.js";
import type { FollowedEvent } from "./client.js";
import { ANOTHER_HOME, requireSpace } from "./disk.js";
import { messageOf, ServerError } from "./errors.js";
import { followRun, isAtRest } from "./follow-run.js";
import type { IdleTimer } from "./idle.js";
import type { Keys } from "./keys.js";
import type { Log } from "./log.js";
import type { RunService } from "./routes/runs.js";
import { Slots } from "./slots.js";

/** Why a run stops being driven before it is at rest. */
export type StopReason = "cancelled" | "interrupted";

/** What the scheduler needs of the agent: records of runs, and the driving of one. */
export interface RunDriver {
  /** Writes the record of a new run, queued. */
  create(request: RunRequest, keys: Keys): Promise<RunRecord>;
  list(): Promise<RunRecord[]>;
  /** Throws `run_not_found`. */
  get(id: string): Promise<RunRecord>;
  /** Drives a run until it is at rest; when `signal` aborts with a reason, the run becomes that. */
  drive(id: string, o: { keys: Keys; signal: AbortSignal }): Promise<RunRecord>;
  /** Makes a run that rests ready to be driven again; throws `run_finished` for one that is over. */
  requeue(id: string): Promise<RunRecord>;
  /** Stores a person's answer. */
  decide(id: string, approvalId: string, decision: Decision): Promise<RunRecord>;
  /** Writes down that a run is not driven any more. */
  stop(id: string, reason: StopReason): Promise<RunRecord>;
}

export interface RunsOptions {
  readonly driver: RunDriver;
  readonly events: Backbone["events"];
  readonly log: Log;
  readonly idle: IdleTimer;
  readonly home: string;
  readonly runsAtOnce: number;
  readonly minFreeBytes: number;
}

/** A report with its sources; larger ones are rare and say so when they do not fit. */
const SPACE_FOR_A_REPORT = 32 * 1024 * 1024;

interface Driving {
  readonly controller: AbortController;
  readonly done: Promise<void>;
}

/** The runs of a home: a bounded number is driven at once, the others wait in line. */
export class Runs implements RunService, AsyncDisposable {
  readonly #o: RunsOptions;
  readonly #slots: Slots;
  readonly #driving = new Map<string, Driving>();
  #closed = false;

  private constructor(o: RunsOptions) {
    this.#o = o;
    this.#slots = new Slots(o.runsAtOnce);
  }

  /** Opens the runs; those that a dead owner was driving become interrupted and can be resumed. */
  static async open(o: RunsOptions): Promise<Runs> {
    for (const run of await o.driver.list()) {
      if (run.status !== "running" && run.status !== "queued") continue;
      await o.driver.stop(run.runId, "interrupted");
      o.log.write("warn", "run interrupted", { run: run.runId });
    }
    return new Runs(o);
  }

  /** How many runs are driven or wait in line. */
  get active(): number {
    return this.#driving.size;
  }

  async start(request: RunRequest, keys: Keys): Promise<RunRecord> {
    this.#refuseWhenClosed();
    const { home, minFreeBytes } = this.#o;
    await requireSpace(home, minFreeBytes, { what: "a run", instead: ANOTHER_HOME });
    const forReport = Math.min(minFreeBytes, SPACE_FOR_A_REPORT);
    await requireSpace(request.out, forReport, { what: "a report", instead: "name another folder with --out" });
    const run = await this.#o.driver.create(request, keys);
    this.#drive(run.runId, keys);
    return run;
  }

  async list(): Promise<RunRecord[]> {
    const runs = await this.#o.driver.list();
    return runs.sort((a, b) => b.createdAt.localeCompare(a.createdAt));
  }

  get(id: string): Promise<RunRecord> {
    return this.#o.driver.get(id);
  }

  async cancel(id: string): Promise<RunRecord> {
    const driving = this.#driving.get(id);
    if (!driving) return this.#o.driver.stop(id, "cancelled");
    await stop(driving, "cancelled");
    return this.get(id);
  }

  async resume(id: string, keys: Keys): Promise<RunRecord> {
    this.#refuseWhenClosed();
    if (await this.#isDriven(id)) return this.get(id);
    const run = await this.#o.driver.requeue(id);
    this.#drive(id, keys);
    return run;
  }

  async decide(id: string, approvalId: string, decision: Decision, keys: Keys): Promise<RunRecord> {
    this.#refuseWhenClosed();
    await this.#isDriven(id);
    const run = await this.#o.driver.decide(id, approvalId, decision);
    this.#drive(id, keys);
    return run;
  }

  follow(id: string, o: { after: number; signal: AbortSignal }): AsyncIterable<FollowedEvent> {
    return followRun({ events: this.#o.events, get: () => this.get(id), runId: id, ...o });
  }

  /** Stops what is driven; each run can be resumed. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#driving.values()].map((driving) => stop(driving, "interrupted")));
  }

  /** Whether a run is being driven. A drive that has just come to rest is waited for, so that the next one can begin. */
  async #isDriven(id: string): Promise<boolean> {
    const driving = this.#driving.get(id);
    if (!driving) return false;
    if (!isAtRest((await this.get(id)).status)) return true;
    await driving.done;
    return false;
  }

  #drive(id: string, keys: Keys): void {
    if (this.#driving.has(id)) return;
    const controller = new AbortController();
    const hold = this.#o.idle.hold();
    const done = this.#driveToRest(id, keys, controller.signal).finally(() => {
      this.#driving.delete(id);
      hold[Symbol.dispose]();
    });
    this.#driving.set(id, { controller, done });
  }

  async #driveToRest(id: string, keys: Keys, signal: AbortSignal): Promise<void> {
    try {
      using _slot = await this.#slots.take(signal);
      const run = await this.#o.driver.drive(id, { keys, signal });
      this.#o.log.write("info", "run at rest", { run: id, status: run.status });
    } catch (error) {
      // The driver writes down its own failures; this is a failure to do so, or a run that was stopped in the line.
      this.#o.log.write(signal.aborted ? "info" : "error", "run stopped", { run: id, error: messageOf(error) });
      await this.#o.driver
        .stop(id, signal.reason === "cancelled" ? "cancelled" : "interrupted")
        .catch((cause: unknown) => {
          this.#o.log.write("error", "run record not written", { run: id, error: messageOf(cause) });
        });
    }
  }

  #refuseWhenClosed(): void {
    if (this.#closed) throw new ServerError("stopping", "The server is ending; run the command again.");
  }
}

async function stop(driving: Driving, reason: StopReason): Promise<void> {
  driving.controller.abort(reason);
  await driving.done;
}
