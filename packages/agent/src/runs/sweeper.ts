import type { QueueName } from "@vibewriter/backbone";
import { type ActiveRun, type RunBoard, SILENT_MS } from "./board.js";
import { isWorkerAlive } from "./identity.js";
import type { RunParts } from "./parts.js";
import type { RunRecord } from "./record.js";
import { Submissions } from "./submissions.js";

/** A queued run without a task for so long has lost it: whoever was to submit it was killed in between, or somebody answered late. */
const NO_TASK_MS = 10_000;
/** A worker that was silent for so long is taken off the list. */
const FORGET_MS = 600_000;

/**
 * Finds what dead workers have left. Every living worker sweeps; whoever changes a record first has done it. The queue by itself gives a
 * task to the next worker after 30 s without a beat; this is what it cannot know: that a process of this very host is dead, that a host
 * is gone with its own queue, that a task was lost.
 */
export class Sweeper {
  readonly #parts: RunParts;
  readonly #board: RunBoard;
  readonly #submissions: Submissions;

  constructor(o: { parts: RunParts; board: RunBoard }) {
    this.#parts = o.parts;
    this.#board = o.board;
    this.#submissions = new Submissions(o.parts);
  }

  /** Queues what earlier processes of this host were driving. */
  async takeBack(): Promise<void> {
    for (const record of await this.#parts.runs.list()) {
      if (record.status === "running" && (await this.#isOfDeadProcess(record))) await this.#lost(record);
    }
  }

  async sweep(): Promise<void> {
    for (const run of this.#board.active) await this.#look(run);
    for (const { info, silentMs } of this.#board.workers) {
      if (silentMs > FORGET_MS) await this.#parts.workers.delete(info.id);
    }
  }

  /** Moves a run of this host into the pool if a worker there can go on with it. */
  async toPool(record: RunRecord): Promise<boolean> {
    if (record.class === "offline" || !this.#board.serves(record.class)) return false;
    const why = `A worker that serves ${record.class} goes on with the run: the keys that came with it are gone.`;
    return await this.#submissions.again(record, { queue: `pool.${record.class}`, hasKeys: false, why });
  }

  async #look({ record, changedAt }: ActiveRun): Promise<void> {
    const age = this.#board.now - changedAt;
    if (record.status === "running") {
      const isDead = (await this.#isOfDeadProcess(record)) || this.#isOfSilentWorker(record);
      if (isDead) await this.#lost(record);
      return;
    }
    if (age < NO_TASK_MS) return;
    const { queue = `pool.${record.class}` } = record;
    if (this.#isOfGoneHost(queue, age)) {
      const why = "The host that the run was waiting for is gone; any worker that can goes on with it.";
      await this.#submissions.again(record, { queue: `pool.${record.class}`, hasKeys: false, why });
    } else if (!(await this.#parts.backbone.tasks.has(queue, record.runId))) {
      const why = "The task of the run was lost; it was put on its queue again.";
      await this.#submissions.again(record, { queue, why });
    } else if (queue.startsWith("pool.") && !this.#board.serves(record.class)) {
      await this.#sayThatItWaits(record);
    }
  }

  async #lost(record: RunRecord): Promise<void> {
    const { queue = `pool.${record.class}` } = record;
    const why = `The worker on ${record.worker?.host ?? "an unknown host"} that drove the run is dead; it goes on from its last checkpoint.`;
    await this.#submissions.again(record, { queue, why, lost: true });
  }

  /** A home has one process at a time, so another one of this host that was driving is dead, unless it can be seen to live. */
  async #isOfDeadProcess({ worker }: RunRecord): Promise<boolean> {
    const own = this.#parts.worker;
    if (worker?.host !== own.host || worker.id === own.id) return false;
    return !(await isWorkerAlive(worker));
  }

  #isOfSilentWorker({ worker }: RunRecord): boolean {
    if (worker === undefined || worker.host === this.#parts.worker.host || !this.#board.isSteady) return false;
    const known = this.#board.worker(worker.id);
    return known === undefined || this.#board.now - known.at > SILENT_MS;
  }

  #isOfGoneHost(queue: QueueName, age: number): boolean {
    if (!queue.startsWith("host.") || !this.#board.isSteady || age < SILENT_MS) return false;
    return !this.#board.living.some(({ host }) => queue === `host.${host}`);
  }

  async #sayThatItWaits({ runId, submission, class: class_ }: RunRecord): Promise<void> {
    const what = class_ === "offline" ? "a worker" : `a worker with a key for ${class_}`;
    const text = `The run waits for ${what}: start one with \`vibewriter worker\`, or resume the run with the key.`;
    await this.#parts.backbone.events.append(runId, "log", { level: "warn", text }, { id: `waits.${submission}` });
  }
}
