export { countCoverage, REQUIRED_COVERAGE } from "../claims/coverage.js";
export { checkCitations, draftHash } from "./check.js";
export type { Entailment, EntailmentPassage } from "./entailment.js";
export { type GateDecision, type GateRefusal, gate } from "./gate.js";
export { REQUIRED_RATE } from "./rate.js";
export { readableReport } from "./readable.js";
export type { SourceText } from "./source.js";
export { type FolderFile, sourcesFolder } from "./sources-folder.js";
export * from "./verification.js";
