import type Database from "better-sqlite3";

export const CITATION_TABLES = `
  CREATE TABLE citations (
    citing TEXT NOT NULL,
    cited TEXT NOT NULL,
    seq INTEGER NOT NULL,
    context TEXT NOT NULL,
    PRIMARY KEY (cited, citing)
  ) WITHOUT ROWID;
  CREATE INDEX citations_by_citing ON citations (citing);`;

/** Who cites whom, each pair of articles once. */
export class CitationTable {
  readonly #statements: ReturnType<typeof prepare>;

  constructor(db: Database.Database) {
    this.#statements = prepare(db);
  }

  /** False if the pair was there. */
  add(seq: number, { citing, cited, context }: { citing: string; cited: string; context: string }): boolean {
    return this.#statements.add.run(citing, cited, seq, context).changes > 0;
  }
}

function prepare(db: Database.Database) {
  return { add: db.prepare("INSERT OR IGNORE INTO citations (citing, cited, seq, context) VALUES (?, ?, ?, ?)") };
}
