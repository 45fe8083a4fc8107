export type { Credentials } from "./credentials.js";
export { NatsSaverError, type NatsSaverErrorCode } from "./errors.js";
export type { NatsSaverOptions, NatsSaverUrlOptions } from "./options.js";
export type { Pruned, PruneOptions } from "./retention.js";
export { NatsSaver } from "./saver.js";
export * from "./store/index.js";
export type { Imported, ThreadBytes } from "./thread-import.js";
export type { CheckedCheckpoint } from "./verify.js";
