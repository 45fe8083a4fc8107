import Database from "better-sqlite3";
import { codeOf, ServerError } from "./errors.js";

/**
 * The right to own a home. It is a lock of the kernel (SQLite's exclusive lock on an empty database): it ends with the process
 * however the process ends, so there is no stale lock to take over and no race in doing so.
 */
export class OwnerLock implements Disposable {
  readonly #database: Database.Database;

  private constructor(database: Database.Database) {
    this.#database = database;
  }

  /** Takes the lock at `path`, or returns undefined at once when another process has it. */
  static take(path: string): OwnerLock | undefined {
    let database: Database.Database | undefined;
    try {
      database = new Database(path, { timeout: 0 });
      database.exec("BEGIN EXCLUSIVE");
      return new OwnerLock(database);
    } catch (cause) {
      database?.close();
      if (codeOf(cause).startsWith("SQLITE_BUSY")) return undefined;
      if (codeOf(cause) === "SQLITE_FULL") {
        throw new ServerError("disk_full", `There is no space left for ${path}; free some and try again.`, { cause });
      }
      const message = `The lock ${path} cannot be taken; remove that file and try again.`;
      throw new ServerError("requirement_missing", message, { cause });
    }
  }

  [Symbol.dispose](): void {
    this.#database.close();
  }
}
