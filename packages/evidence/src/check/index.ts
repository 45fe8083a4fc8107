export { checkCitations, draftHash } from "./check.js";
export { type GateDecision, type GateRefusal, gate, REQUIRED_RATE } from "./gate.js";
export type { SourceText } from "./source.js";
export * from "./verification.js";
