import type { Migration } from "./migration.js";
import { runRecords } from "./run-records.js";

/** Each state version but the newest has one, in order. */
export const MIGRATIONS: readonly Migration[] = [{ from: 1, what: "the records of runs", run: runRecords }];
