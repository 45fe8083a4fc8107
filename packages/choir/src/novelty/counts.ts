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
  /** What has been asked for, as it is in the file: adding up its rows took longer than all else that is done with a passage. */
  readonly #memory = new Map<string, Counted>();

  constructor(db: Database.Database) {
    this.#statements = prepare(db);
  }

  /** In the caller's transaction; if it is taken back, {@link forget} has to be called. */
  add(of: string, share: number): void {
    const counted = this.#counted(of);
    const [generation, bin] = [Math.floor(Math.log2(counted.n + 1)), Math.round(share * BINS)];
    this.#statements.add.run(of, generation, bin);
    count(counted, { generation, bin, n: 1 });
  }

  /** How many have been counted in all, and the smallest shares that at least these parts do not exceed; undefined for none. */
  quantiles(of: string, parts: readonly number[]): { n: number; values: number[] } | undefined {
    const { n, generations } = this.#counted(of);
    if (n === 0) return undefined;
    const last = Math.floor(Math.log2(n));
    const bins = new Uint32Array(BINS + 1);
    let recent = 0;
    for (const some of [generations.get(last - 1), generations.get(last)]) {
      for (let bin = 0; some && bin <= BINS; bin++) {
        const more = some[bin] ?? 0;
        bins[bin] = (bins[bin] ?? 0) + more;
        recent += more;
      }
    }
    const values = parts.map((part) => {
      let [bin, below] = [-1, 0];
      while (below < part * recent) below += bins[++bin] ?? 0;
      return Math.max(0, bin) / BINS;
    });
    return { n, values };
  }

  /** Forgets what it has in memory. */
  forget(): void {
    this.#memory.clear();
  }

  #counted(of: string): Counted {
    const known = this.#memory.get(of);
    if (known) return known;
    const counted: Counted = { n: 0, generations: new Map() };
    for (const row of this.#statements.all.iterate(of)) count(counted, row);
    this.#memory.set(of, counted);
    return counted;
  }
}

/** How many there are in all, and in each bin of each generation. */
interface Counted {
  n: number;
  generations: Map<number, Uint32Array>;
}

function count(counted: Counted, { generation, bin, n }: { generation: number; bin: number; n: number }): void {
  const bins = counted.generations.get(generation) ?? new Uint32Array(BINS + 1);
  bins[bin] = (bins[bin] ?? 0) + n;
  counted.generations.set(generation, bins);
  counted.n += n;
}

function prepare(db: Database.Database) {
  return {
    add: db.prepare<[string, number, number]>(
      `INSERT INTO novelty_counts (of, generation, bin, n) VALUES (?, ?, ?, 1)
       ON CONFLICT (of, generation, bin) DO UPDATE SET n = n + 1`,
    ),
    all: db.prepare<[string], { generation: number; bin: number; n: number }>(
      "SELECT generation, bin, n FROM novelty_counts WHERE of = ?",
    ),
  };
}
