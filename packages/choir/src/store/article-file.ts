import { randomUUID } from "node:crypto";
import { mkdirSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import Database from "better-sqlite3";
import { z } from "zod";
import { ChoirError } from "../errors.js";
import type { EmbedderIdentity } from "../search/embedder.js";
import type { StorePosition } from "./change.js";
import { createTables, isCorruption, SCHEMA_VERSION } from "./schema.js";

/** Why a file was made from nothing instead of being continued. */
export type FreshReason = "missing" | "corrupt" | "other_schema" | "other_embedder";

export interface OpenedFile {
  db: Database.Database;
  /** Undefined for a new file. */
  position: StorePosition | undefined;
  fresh: FreshReason | undefined;
}

const BUSY_MS = 3_000;

/**
 * Opens the projection's file, or makes it anew if it is missing, corrupt, of another schema or another embedder. The
 * file is locked for this process until it is closed.
 * @throws ChoirError `in_use` or `index_failed`.
 */
export function openArticleFile(path: string, embedder: EmbedderIdentity, wipe: boolean): OpenedFile {
  mkdirSync(dirname(path), { recursive: true });
  if (wipe) return { db: create(path, embedder), position: undefined, fresh: undefined };

  let db: Database.Database | undefined;
  let fresh: FreshReason;
  try {
    db = connect(path);
    const outcome = inspect(db, embedder);
    if (typeof outcome !== "string") return { db, position: outcome, fresh: undefined };
    fresh = outcome;
  } catch (error) {
    if (!isCorruption(error)) throw asOpenError(error, path, db);
    fresh = "corrupt";
  }
  db?.close();
  return { db: create(path, embedder), position: undefined, fresh };
}

const positionSchema = z.object({ seq: z.int(), subject: z.string(), key: z.string(), time: z.string() });

/** The position stored in a file; called inside the transaction that changes it, too. */
export function readPosition(db: Database.Database): StorePosition | undefined {
  const value = readMeta(db, "position");
  return value === undefined ? undefined : positionSchema.parse(JSON.parse(value));
}

export function writePosition(db: Database.Database, position: StorePosition): void {
  db.prepare("INSERT OR REPLACE INTO meta (key, value) VALUES ('position', ?)").run(JSON.stringify(position));
}

/** A file without a schema's number is made anew by whoever opens it. */
export function forsake(db: Database.Database): void {
  db.prepare("DELETE FROM meta WHERE key = 'schema'").run();
}

function readMeta(db: Database.Database, key: string): string | undefined {
  return db.prepare<[string], { value: string }>("SELECT value FROM meta WHERE key = ?").get(key)?.value;
}

function inspect(db: Database.Database, embedder: EmbedderIdentity): StorePosition | undefined | FreshReason {
  const tables = db.prepare<[], { n: number }>("SELECT count(*) AS n FROM sqlite_schema").get();
  if (tables?.n === 0) return "missing";
  const check = db.pragma("quick_check(1)", { simple: true });
  if (check !== "ok") return "corrupt";
  const hasMeta = db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'meta'").get() !== undefined;
  if (!hasMeta || readMeta(db, "schema") !== String(SCHEMA_VERSION)) return "other_schema";
  return readMeta(db, "embedder") === identity(embedder) ? readPosition(db) : "other_embedder";
}

function create(path: string, embedder: EmbedderIdentity): Database.Database {
  let db: Database.Database | undefined;
  try {
    for (const suffix of ["", "-wal", "-shm", "-journal"]) rmSync(path + suffix, { force: true });
    const made = connect(path);
    db = made;
    made.transaction(() => {
      createTables(made);
      const meta = made.prepare("INSERT INTO meta (key, value) VALUES (?, ?)");
      meta.run("schema", String(SCHEMA_VERSION));
      meta.run("embedder", identity(embedder));
      meta.run("file", randomUUID());
    })();
    return made;
  } catch (error) {
    throw asOpenError(error, path, db);
  }
}

function connect(path: string): Database.Database {
  const db = new Database(path, { timeout: BUSY_MS });
  try {
    // One process holds the file: a second projection into it, or a rebuild beside it, would mix two histories.
    db.pragma("locking_mode = EXCLUSIVE");
    db.pragma("journal_mode = WAL");
    // A power cut may undo the last transactions together with their position; the stream still has them.
    db.pragma("synchronous = NORMAL");
    // The shingles of an article land all over the file: 64 MiB of pages in memory, and 16 MiB of log between two syncs.
    db.pragma("cache_size = -65536");
    db.pragma("wal_autocheckpoint = 4096");
    db.exec("BEGIN EXCLUSIVE; COMMIT");
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

function identity({ model, dimensions }: EmbedderIdentity): string {
  return `${model} ${dimensions}`;
}

function asOpenError(error: unknown, path: string, db: Database.Database | undefined): ChoirError {
  db?.close();
  const code = error instanceof Database.SqliteError ? error.code : "";
  if (code.startsWith("SQLITE_BUSY")) {
    return new ChoirError("in_use", `Another process has the knowledge base open (${path}): use that one or end it.`, {
      cause: error,
    });
  }
  const why = error instanceof Error ? error.message : String(error);
  return new ChoirError("index_failed", `The knowledge base's file ${path} cannot be opened: ${why}.`, {
    cause: error,
  });
}
