import { setTimeout as sleep } from "node:timers/promises";
import type { KeyRing } from "./key-ring.js";
import type { RunParts } from "./parts.js";
import { isAtRest, type RunRecord } from "./record.js";

/** How long a worker has to heed that a run is to stop; then its right to the run is taken from it. */
const CANCEL_MS = 15_000;

/** Stops runs, wherever they are driven. */
export class Cancellation {
  readonly #parts: RunParts;
  readonly #keys: KeyRing;

  constructor(o: { parts: RunParts; keys: KeyRing }) {
    this.#parts = o.parts;
    this.#keys = o.keys;
  }

  /**
   * One that is over stays as it is. A worker that does not
   * heed it within 15 s has its right to the run taken away.
   */
  async of(runId: string): Promise<RunRecord> {
    const before = await this.#parts.runs.change(runId, (now) =>
      now.status === "running" || isAtRest(now.status) ? cancelledAtRest(now) : { ...now, status: "cancelled" },
    );
    if (before.status !== "running") return await this.#tellCancelled(before);
    const { epoch } = before;
    await this.#parts.backbone.events.append(runId, "cancel.requested", {}, { id: `cancel.${epoch}` });
    for (const started = performance.now(); performance.now() - started < CANCEL_MS; await sleep(50)) {
      const now = await this.#parts.runs.get(runId);
      if (now.status !== "running") return now;
    }
    const taken = await this.#parts.runs.change(runId, ({ worker: _, ...now }) =>
      now.status === "running" ? { ...now, status: "cancelled", epoch: now.epoch + 1 } : undefined,
    );
    return taken.status === "cancelled" ? await this.#tellCancelled(taken) : taken;
  }

  async #tellCancelled(record: RunRecord): Promise<RunRecord> {
    const { runId, status, submission, epoch } = record;
    if (status !== "cancelled") return record;
    const id = `status.s${submission}.${epoch}.cancelled`;
    await this.#parts.backbone.events.append(runId, "status", { status }, { id });
    if (record.queue !== undefined) await this.#parts.backbone.tasks.withdraw(record.queue, runId);
    this.#keys.drop(runId);
    return record;
  }
}

/** What becomes of a run that nobody can be asked to stop: one that waits for an answer or was interrupted is cancelled, an end stays. */
function cancelledAtRest(now: RunRecord): RunRecord | undefined {
  return now.status === "waiting" || now.status === "interrupted" ? { ...now, status: "cancelled" } : undefined;
}
