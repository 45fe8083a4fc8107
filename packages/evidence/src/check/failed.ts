import { draftHash } from "./check.js";
import type { Verification } from "./verification.js";

/** The report on a draft that could not be checked: nothing is said of it, and no gate lets it through. */
export function failedCheck(draft: string, message: string): Verification {
  return {
    draftSha256: draftHash(draft),
    method: "lexical",
    citations: { total: 0, supported: 0, rate: 0 },
    sentences: [],
    uncited: [],
    coverage: { worth: 0, cited: 0, share: 0 },
    measures: { precision: 0, recall: 0, unreachable: 0 },
    problems: [{ code: "check_failed", message }],
  };
}
