import Database from "better-sqlite3";
import { denseTables } from "./dense-index.js";

/** Raised whenever the tables, the chunking or the word rules change: files of another number are made again. */
export const SCHEMA_VERSION = 1;

/** Makes the tables of an empty file. `articles.seq` is the stream sequence of the publication. */
export function createTables(db: Database.Database, dimensions: number): void {
  db.exec(`
    CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE articles (
      seq INTEGER PRIMARY KEY,
      id TEXT NOT NULL UNIQUE,
      publication TEXT NOT NULL,
      markdown TEXT NOT NULL,
      novelty TEXT NOT NULL
    );
    CREATE TABLE passages (
      id INTEGER PRIMARY KEY,
      article INTEGER NOT NULL REFERENCES articles (seq),
      number INTEGER NOT NULL,
      heading TEXT NOT NULL,
      text TEXT NOT NULL,
      start INTEGER NOT NULL,
      end INTEGER NOT NULL,
      UNIQUE (article, number)
    );
    -- For misspelt questions: the words as written, while the index below has their stems.
    CREATE TABLE vocabulary (word TEXT PRIMARY KEY, passages INTEGER NOT NULL) WITHOUT ROWID;
    CREATE TABLE shingles (hash INTEGER PRIMARY KEY);
    CREATE TABLE citations (
      citing TEXT NOT NULL,
      cited TEXT NOT NULL,
      seq INTEGER NOT NULL,
      context TEXT NOT NULL,
      PRIMARY KEY (cited, citing)
    ) WITHOUT ROWID;
    CREATE INDEX citations_by_citing ON citations (citing);
    CREATE TABLE rejected (seq INTEGER PRIMARY KEY, subject TEXT NOT NULL, reason TEXT NOT NULL);
    -- No content of its own: the words it indexes are a normalised form of what passages.text holds.
    CREATE VIRTUAL TABLE words USING fts5 (
      title, heading, body, content = '',
      tokenize = "porter unicode61 remove_diacritics 2 categories 'L* N* M* Co'"
    );
    INSERT INTO words (words, rank) VALUES ('rank', 'bm25(3.0, 1.5, 1.0)');
    ${denseTables(dimensions)}
  `);
}

/** Whether SQLite says that the file's bytes are wrong, as opposed to a full disk, a lock or a mistake of ours. */
export function isCorruption(error: unknown): boolean {
  return (
    error instanceof Database.SqliteError &&
    (error.code.startsWith("SQLITE_CORRUPT") || error.code === "SQLITE_NOTADB" || error.code === "SQLITE_FORMAT")
  );
}
