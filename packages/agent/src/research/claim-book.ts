import type { NewClaim, RecordedClaim } from "@vibewriter/evidence";

/** The claims of a run, kept with it: all its agents see them, and so does a resumed run. */
export interface ClaimBook {
  /** All claims, `C1` first. */
  list(): Promise<RecordedClaim[]>;
  /** Keeps all of them, or none. Throws EvidenceError `quote_not_found`, `unknown_source`, `too_large`. */
  record(claims: readonly NewClaim[]): Promise<RecordedClaim[]>;
}
