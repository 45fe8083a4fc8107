import type Database from "better-sqlite3";

/** `of` says what is counted, `generation` when, `bin` is a share in thousandths. */
export const COUNT_TABLES = `
  CREATE TABLE novelty_counts (
    of TEXT NOT NULL, generation INTEGER NOT NULL, bin INTEGER NOT NULL, n INTEGER NOT NULL,
    PRIMARY KEY (of, generation, bin)
  ) WITHOUT ROWID;`;

const BINS = 1_000;

/**
 * Quantiles of the more recent half of many shares between 0 and 1, to a thousandth. Each generation has as many shares as
 * all before it together; the last two count. The older ones are of a smaller corpus, which had less of everything; and
 * whoever wants to move a quantile has to write as much as everybody else has.
 */
export class Counts {
  readonly #statements: ReturnType<typeof prepare>;

  constructor(db: Database.Database) {
    this.#statements = prepare(db);
  }

  add(of: string, share: number): void {
    this.#statements.add.run(of, Math.floor(Math.log2(this.#counted(of) + 1)), Math.round(share * BINS));
  }

  /** How many have been counted in all, and the smallest shares that at least these parts do not exceed; undefined for none. */
  quantiles(of: string, parts: readonly number[]): { n: number; values: number[] } | undefined {
    const n = this.#counted(of);
    if (n === 0) return undefined;
    const bins = this.#statements.recent.all(of, Math.floor(Math.log2(n)) - 1);
    const recent = bins.reduce((sum, bin) => sum + bin.n, 0);
    const values = parts.map((part) => {
      let below = 0;
      const found = bins.find((bin) => {
        below += bin.n;
        return below >= part * recent;
      });
      return (found?.bin ?? BINS) / BINS;
    });
    return { n, values };
  }

  #counted(of: string): number {
    return this.#statements.counted.get(of)?.n ?? 0;
  }
}

function prepare(db: Database.Database) {
  return {
    add: db.prepare<[string, number, number]>(
      `INSERT INTO novelty_counts (of, generation, bin, n) VALUES (?, ?, ?, 1)
       ON CONFLICT (of, generation, bin) DO UPDATE SET n = n + 1`,
    ),
    counted: db.prepare<[string], { n: number | null }>("SELECT sum(n) AS n FROM novelty_counts WHERE of = ?"),
    recent: db.prepare<[string, number], { bin: number; n: number }>(
      `SELECT bin, sum(n) AS n FROM novelty_counts WHERE of = ? AND generation >= ? GROUP BY bin ORDER BY bin`,
    ),
  };
}
