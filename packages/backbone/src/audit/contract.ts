/** What verifies an audit that was exported: nothing here loads NATS. */
export { fingerprint } from "./anchor.js";
export { type ExportReport, verifyExport } from "./export.js";
export type { BreakKind, ChainBreak, ChainReport } from "./verify-chain.js";
