import type { AuditTrail, Secrets } from "@vibewriter/backbone";
import type { AuditEntry } from "./entry.js";

/** Characters of a text of an entry; what is longer is known by its hash. */
const LONGEST_TEXT = 2_000;

/** The audit of one run, into the chain of its agent. */
export interface Audit {
  /** Never waits and never throws; what cannot be stored is counted, and the chain says so. */
  record(entry: AuditEntry): void;
  /** Returns when all that was recorded so far is stored: wait for it between an approval's use and its effect. @throws BackboneError `unavailable` */
  written(): Promise<void>;
}

/** Writes what happens in a run into the chain of its agent. */
export function auditOf(
  trail: Pick<AuditTrail, "record" | "written">,
  { agentId, runId, secrets }: { agentId: string; runId: string; secrets: Pick<Secrets, "screen"> },
): Audit {
  const bounded = (text: string) => {
    if (text.length <= LONGEST_TEXT) return text; // It is screened when it is stored.
    // Of a secret that is cut in two neither half would be known.
    return `${secrets.screen(text, `audit of ${agentId}`).slice(0, LONGEST_TEXT)}…`;
  };
  return {
    record: (entry) => {
      const fields = Object.entries(entry).map(([name, value]) => [
        name,
        typeof value === "string" ? bounded(value) : value,
      ]);
      trail.record(agentId, { run: runId, ...Object.fromEntries(fields) });
    },
    written: () => trail.written(agentId),
  };
}
