import { RunRecord } from "@vibewriter/agent/runs";
import { z } from "zod";
import type { MigrationParts } from "./migration.js";

/** As release 0.1.0 wrote it: with the process that drives it, without turns and epochs. */
const OldRecord = z.looseObject({
  runId: z.string(),
  request: z.string(),
  createdAt: z.string(),
  status: z.string(),
  model: z.string(),
  owner: z.string().optional(),
  drives: z.number().default(0),
  turns: z.array(z.unknown()).optional(),
  class: z.string().optional(),
});

/**
 * 1 to 2: a run has turns, a class, an epoch, and a worker instead of an owner. What was being driven or waited in line is interrupted: its
 * process is gone, and no task of it lies on the queue, which version 1 did not have.
 */
export async function runRecords({ backbone, warn }: MigrationParts): Promise<void> {
  const records = await backbone.records("VIBEWRITER_RUNS", z.unknown());
  for (const { key, value } of await records.list()) {
    try {
      const old = OldRecord.parse(value);
      if (isNew(old)) continue;
      const isLost = old.status === "running" || old.status === "queued";
      // First the event, whose id is stored once, then the record: cut off in between, the record is still an old one.
      if (isLost) {
        const id = `status.${old.drives}.interrupted`;
        await backbone.events.append(old.runId, "status", { status: "interrupted" }, { id });
      }
      await records.update(key, (now) => {
        const before = OldRecord.parse(now);
        return isNew(before) ? undefined : migrated(before, isLost);
      });
    } catch (error) {
      warn(`the run ${key}`, error);
    }
  }
}

/** What this version writes has turns, also where there are none to tell of. */
function isNew(record: z.infer<typeof OldRecord>): boolean {
  return record.turns !== undefined && record.owner === undefined;
}

function migrated({ owner: _, ...old }: z.infer<typeof OldRecord>, isLost: boolean): RunRecord {
  const { request, createdAt, model } = old;
  const colon = model.indexOf(":");
  return RunRecord.parse({
    ...old,
    status: isLost ? "interrupted" : old.status,
    turns: old.turns ?? [{ id: "1", text: request, at: createdAt }],
    class: old.class ?? (colon < 0 ? "offline" : model.slice(0, colon)),
  });
}
