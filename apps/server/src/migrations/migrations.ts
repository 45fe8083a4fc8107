import type { Migration } from "./migration.js";
import { runRecords } from "./run-records.js";
import { signatures } from "./signatures.js";

/** Each state version but the newest has one, in order. */
export const MIGRATIONS: readonly Migration[] = [
  { from: 1, what: "the records of runs", run: runRecords },
  { from: 2, what: "the knowledge base", run: signatures },
];
