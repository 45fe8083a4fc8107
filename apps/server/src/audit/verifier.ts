export type { ExportReport } from "@vibewriter/backbone/audit";

/** What verifies an audit that was exported, loaded when it is asked for: one command of many needs it. */
export function auditVerifier() {
  return import("@vibewriter/backbone/audit");
}
