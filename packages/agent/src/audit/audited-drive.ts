import type { AuditTrail } from "@vibewriter/backbone";
import { errorCode, rootError } from "../errors.js";
import type { Rest } from "../runs/driver.js";
import type { RunRecord } from "../runs/record.js";

/** Records that a drive has begun and how it ended, and has the end of the chain signed then. */
export async function auditedDrive(
  trail: Pick<AuditTrail, "record" | "written" | "anchor">,
  { agentId, runId, drives }: RunRecord,
  drive: () => Promise<Rest>,
): Promise<Rest> {
  const tell = (event: "begun" | "ended", o: { status?: string; code?: string } = {}) =>
    trail.record(agentId, { run: runId, kind: "run", event, drive: drives, ...o });
  tell("begun");
  try {
    const rest = await drive();
    tell("ended", { status: rest.status, code: rest.error?.code });
    return rest;
  } catch (error) {
    tell("ended", { status: "stopped", code: errorCode(rootError(error)) });
    throw error;
  } finally {
    await trail.written(agentId).catch(() => undefined); // What is lost is counted, and does not undo what the run came to.
    await trail.anchor(agentId);
  }
}
