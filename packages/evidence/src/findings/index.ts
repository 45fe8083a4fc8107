export { FindingClaim, FindingSource, Hypothesis } from "./claim.js";
export type { Conflict } from "./conflicts.js";
export { type Findings, findingsOf } from "./findings.js";
export type { Gap } from "./gaps.js";
export type { ClaimRow } from "./matrix.js";
export { findingsText } from "./text.js";
export { dateIn, lastReading } from "./weight.js";
