import type { Verdict } from "./verification.js";

const WORST_FIRST: Verdict[] = ["contradicted", "not_found", "unreachable", "partial", "supported"];

/** The worst of some verdicts; of none, `not_found`. */
export function worst(verdicts: readonly Verdict[]): Verdict {
  return WORST_FIRST.find((verdict) => verdicts.includes(verdict)) ?? "not_found";
}
