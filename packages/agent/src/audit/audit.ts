import type { AuditTrail } from "@vibewriter/backbone";
import type { AuditEntry } from "./entry.js";

/** The audit of one run, into the chain of its agent. */
export interface Audit {
  /** Never waits and never throws; what cannot be stored is counted, and the chain says so. */
  record(entry: AuditEntry): void;
  /** Returns when all that was recorded so far is stored: wait for it between an approval's use and its effect. @throws BackboneError `unavailable` */
  written(): Promise<void>;
}

/** Writes what happens in a run into the trail of its agent. */
export function auditOf(
  trail: Pick<AuditTrail, "record" | "written">,
  { agentId, runId }: { agentId: string; runId: string },
): Audit {
  return {
    record: (entry) => trail.record(agentId, { run: runId, ...entry }),
    written: () => trail.written(agentId),
  };
}
