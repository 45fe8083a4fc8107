import type { Backbone, QueueName } from "@vibewriter/backbone";
import { submitSpan } from "../telemetry/run.js";
import type { RunRecord } from "./record.js";
import type { RunStore } from "./store.js";

/** A record that is put on a queue once more. Whatever was submitted before does not count any more. */
export function queued(now: RunRecord, place: { queue: QueueName; hasKeys: boolean }): RunRecord {
  const { worker: _, ...rest } = now;
  return { ...rest, ...place, status: "queued", submission: now.submission + 1 };
}

/** Puts runs on their queues: the record first, its event, then the task; what a crash leaves undone, any worker's sweep does. */
export class Submissions {
  readonly #backbone: Pick<Backbone, "events" | "tasks">;
  readonly #runs: RunStore;

  constructor(o: { backbone: Pick<Backbone, "events" | "tasks">; runs: RunStore }) {
    this.#backbone = o.backbone;
    this.#runs = o.runs;
  }

  /** Tells of a record that {@link queued} has made, and submits its task. Doing it again changes nothing. */
  async submit(record: RunRecord): Promise<void> {
    const { runId, queue, submission } = record;
    if (queue === undefined) return;
    const id = `status.s${submission}.queued`;
    await this.#backbone.events.append(runId, "status", { status: "queued" }, { id });
    await submitSpan(record, () => this.#backbone.tasks.submit(queue, runId, String(submission)));
  }

  /**
   * Queues a run anew if its record is still as it was seen; says why in its log.
   * @returns whether this call did it
   */
  async again(
    seen: RunRecord,
    o: { queue: QueueName; why: string; hasKeys?: boolean; lost?: boolean },
  ): Promise<boolean> {
    const { runId, epoch, submission, status } = seen;
    let isOurs = false;
    const record = await this.#runs.change(runId, (now) => {
      isOurs = now.epoch === epoch && now.submission === submission && now.status === status;
      if (!isOurs) return undefined;
      const place = { queue: o.queue, hasKeys: o.hasKeys ?? now.hasKeys };
      return { ...queued(now, place), losses: now.losses + (o.lost ? 1 : 0) };
    });
    if (!isOurs) return false;
    const data = { level: "warn", text: o.why };
    await this.#backbone.events.append(runId, "log", data, { id: `again.${record.submission}` });
    await this.submit(record);
    if (seen.queue !== undefined && seen.queue !== o.queue) await this.#backbone.tasks.withdraw(seen.queue, runId);
    return true;
  }
}
