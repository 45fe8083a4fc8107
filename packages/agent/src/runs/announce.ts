import type { Backbone } from "@vibewriter/backbone";
import type { RunRecord } from "./record.js";

/**
 * Tells in its log what a run at rest came to. Whoever was killed before everything was told may have told a part; telling it again changes
 * nothing.
 */
export async function announce(events: Pick<Backbone["events"], "append">, record: RunRecord): Promise<void> {
  const { runId, epoch, status, result, error } = record;
  if (result !== undefined) await events.append(runId, "result", result, { id: `result.${epoch}`, epoch });
  const message = error?.message ?? result?.message;
  await events.append(runId, "status", { status, message }, { id: `status.${epoch}.${status}`, epoch });
}
