import { mkdirSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import Database from "better-sqlite3";
import { ChoirError } from "../errors.js";
import { isCorruption } from "../store/schema.js";
import type { Currency } from "./money.js";
import { type Entry, type Posting, postingJson } from "./posting.js";

/** Raised whenever the tables change: a file of another number is made again. */
const SCHEMA = 1;

const TABLES = `
  CREATE TABLE postings (
    seq INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, author TEXT, article TEXT, posting TEXT NOT NULL
  );
  CREATE INDEX postings_by_author ON postings (author, seq);
  -- Smallest units as decimal text; whoever has a balance of 0 is not there.
  CREATE TABLE accounts (
    account TEXT NOT NULL, currency TEXT NOT NULL, author TEXT, balance TEXT NOT NULL, PRIMARY KEY (account, currency)
  ) WITHOUT ROWID;
  CREATE INDEX accounts_by_author ON accounts (author);`;

/** An account as it stands; `author` is whose money it is, if it is one author's. */
export interface Account extends Entry {
  author?: string;
}

interface AccountRow {
  account: string;
  currency: Currency;
  author: string | null;
  balance: string;
}

/** The SQLite file that questions are answered from: a projection of the ledger's stream, made again whenever it is lost. */
export class LedgerFile {
  readonly #db: Database.Database;
  readonly #statements: ReturnType<typeof prepare>;

  private constructor(db: Database.Database) {
    this.#db = db;
    this.#statements = prepare(db);
  }

  /** @throws ChoirError `in_use` or `index_failed` */
  static open(path: string): LedgerFile {
    try {
      mkdirSync(dirname(path), { recursive: true });
      return new LedgerFile(connect(path));
    } catch (error) {
      if (!isCorruption(error)) throw openError(error, path);
    }
    for (const suffix of ["", "-wal", "-shm", "-journal"]) rmSync(path + suffix, { force: true });
    return new LedgerFile(connect(path));
  }

  /** The stream's sequence of the last posting, 0 for none. */
  get position(): number {
    return this.#statements.position.get()?.seq ?? 0;
  }

  /** Postings, each with what it changes, in one transaction. Those up to the position are in it already. */
  add(postings: readonly { seq: number; posting: Posting }[]): void {
    this.#db.transaction(() => {
      for (const { seq, posting } of postings) if (seq > this.position) this.#add(seq, posting);
    })();
  }

  clear(): void {
    this.#db.exec("DELETE FROM postings; DELETE FROM accounts;");
  }

  posting(seq: number): string | undefined {
    return this.#statements.posting.get(seq)?.posting;
  }

  /** Keys of authors that begin with these characters, three at most. */
  authors(prefix: string): string[] {
    return this.#statements.authors.all(prefix, `${prefix}~`).map(({ author }) => author);
  }

  /** JSON of the postings whose keys are `from` or behind it and before `to`. */
  between(from: string, to: string): string[] {
    return this.#statements.between.all(from, to).map(({ posting }) => posting);
  }

  /** All accounts, or those of one author, by name. */
  accounts(author?: string): Account[] {
    const rows = author === undefined ? this.#statements.accounts.all() : this.#statements.accountsOf.all(author);
    return rows.map(({ account, currency, author: owner, balance }) => {
      return { account, currency, amount: BigInt(balance), ...(owner !== null && { author: owner }) };
    });
  }

  /** JSON of postings, the newest first, before a position; of one author if one is named. */
  history(o: { author?: string; before: number; limit: number }): { seq: number; posting: string }[] {
    const { author, before, limit } = o;
    if (author === undefined) return this.#statements.history.all(before, limit);
    return this.#statements.historyOf.all(author, before, limit);
  }

  close(): void {
    this.#db.close();
  }

  #add(seq: number, posting: Posting): void {
    const { key, author = null, article = null, entries } = posting;
    this.#statements.add.run(seq, key, author, article, postingJson(posting));
    for (const { account, currency, amount } of entries) {
      const row = this.#statements.account.get(account, currency);
      const balance = BigInt(row?.balance ?? "0") + amount;
      const owner = ownerOf(account, author);
      if (balance === 0n) this.#statements.remove.run(account, currency);
      else this.#statements.set.run(account, currency, owner, `${balance}`);
    }
  }
}

function ownerOf(account: string, author: string | null): string | null {
  const [kind = "", owner = ""] = account.split(":");
  if (kind === "author" || kind === "granted") return owner;
  return kind === "stake" || kind === "pending" ? author : null;
}

function connect(path: string): Database.Database {
  const db = new Database(path, { timeout: 3_000 });
  try {
    db.pragma("locking_mode = EXCLUSIVE");
    db.pragma("journal_mode = WAL");
    // A power cut may undo the last transactions; the stream still has them.
    db.pragma("synchronous = NORMAL");
    if (db.pragma("quick_check(1)", { simple: true }) !== "ok") throw new Database.SqliteError("", "SQLITE_CORRUPT");
    if (db.pragma("user_version", { simple: true }) !== SCHEMA) {
      db.exec(
        `DROP TABLE IF EXISTS postings; DROP TABLE IF EXISTS accounts; ${TABLES} PRAGMA user_version = ${SCHEMA};`,
      );
    }
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

function openError(error: unknown, path: string): ChoirError {
  const code = error instanceof Database.SqliteError ? error.code : "";
  const why = error instanceof Error ? error.message : String(error);
  return code.startsWith("SQLITE_BUSY")
    ? new ChoirError("in_use", `Another process has the ledger open (${path}): use that one or end it.`, {
        cause: error,
      })
    : new ChoirError("index_failed", `The ledger's file ${path} cannot be opened: ${why}.`, { cause: error });
}

function prepare(db: Database.Database) {
  return {
    position: db.prepare<[], { seq: number }>("SELECT seq FROM postings ORDER BY seq DESC LIMIT 1"),
    posting: db.prepare<[number], { posting: string }>("SELECT posting FROM postings WHERE seq = ?"),
    add: db.prepare("INSERT INTO postings (seq, key, author, article, posting) VALUES (?, ?, ?, ?, ?)"),
    account: db.prepare<[string, string], AccountRow>("SELECT * FROM accounts WHERE account = ? AND currency = ?"),
    set: db.prepare(
      `INSERT INTO accounts (account, currency, author, balance) VALUES (?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET balance = excluded.balance`,
    ),
    remove: db.prepare("DELETE FROM accounts WHERE account = ? AND currency = ?"),
    accounts: db.prepare<[], AccountRow>("SELECT * FROM accounts ORDER BY account, currency"),
    accountsOf: db.prepare<[string], AccountRow>("SELECT * FROM accounts WHERE author = ? ORDER BY account, currency"),
    between: db.prepare<[string, string], { posting: string }>(
      "SELECT posting FROM postings WHERE key >= ? AND key < ?",
    ),
    authors: db.prepare<[string, string], { author: string }>(
      "SELECT DISTINCT author FROM postings WHERE author >= ? AND author < ? ORDER BY author LIMIT 3",
    ),
    history: db.prepare<[number, number], { seq: number; posting: string }>(
      "SELECT seq, posting FROM postings WHERE seq < ? ORDER BY seq DESC LIMIT ?",
    ),
    historyOf: db.prepare<[string, number, number], { seq: number; posting: string }>(
      "SELECT seq, posting FROM postings WHERE author = ? AND seq < ? ORDER BY seq DESC LIMIT ?",
    ),
  };
}
