import Database from "better-sqlite3";
import { ARTICLE_TABLES } from "../articles/article-table.js";
import { CITATION_TABLES } from "../citations/citation-table.js";
import { ChoirError } from "../errors.js";
import { FACT_TABLES } from "../ledger/fact-table.js";
import { NOVELTY_TABLES } from "../novelty/meter.js";
import { PASSAGE_TABLES } from "../search/passage-index.js";

/** Raised whenever the tables, the chunking, the word rules or what effects may say change: files of another number are made again. */
export const SCHEMA_VERSION = 10;

const STORE_TABLES = `
  CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE rejected (seq INTEGER PRIMARY KEY, subject TEXT NOT NULL, reason TEXT NOT NULL);`;

/** Makes the tables of an empty file, those of each room. */
export function createTables(db: Database.Database): void {
  const rooms = [ARTICLE_TABLES, PASSAGE_TABLES, NOVELTY_TABLES, CITATION_TABLES, FACT_TABLES];
  for (const tables of [STORE_TABLES, ...rooms]) db.exec(tables);
}

/** Whether the file is damaged, by SQLite's word or by that of a room whose tables do not fit together. */
export function isDamage(error: unknown): boolean {
  return isCorruption(error) || (error instanceof ChoirError && error.code === "index_corrupt");
}

/** Whether SQLite says that the file's bytes are wrong, as opposed to a full disk, a lock or a mistake of ours. */
export function isCorruption(error: unknown): boolean {
  return (
    error instanceof Database.SqliteError &&
    (error.code.startsWith("SQLITE_CORRUPT") || error.code === "SQLITE_NOTADB" || error.code === "SQLITE_FORMAT")
  );
}
