import type Database from "better-sqlite3";

/**
 * Who cites whom, in memory: articles are numbers, and the citations of each stand in two lists. It is read from the file once and then
 * follows it: a pair of articles comes once for ever, and falls once at most. Articles that nobody cites and that cite nobody are not in it.
 */
export class CitationLinks {
  readonly #added: Database.Statement<[number], [seq: number, fallen: number | null, citing: string, cited: string]>;
  readonly #fell: Database.Statement<[number, number], { citing: string; cited: string; fallen: number }>;
  readonly #numbers = new Map<string, number>();
  readonly #ids: string[] = [];
  /** By citing article those that it cites, and the other way round. */
  readonly #cites: number[][] = [];
  readonly #citedBy: number[][] = [];
  /** Up to where in the stream the file has been read: citations, and retractions that made some fall. */
  #seq = 0;
  #fallen = 0;

  constructor(db: Database.Database) {
    this.#added = db
      .prepare<[number], [number, number | null, string, string]>(
        "SELECT seq, fallen, citing, cited FROM citations WHERE seq > ? ORDER BY seq",
      )
      .raw();
    this.#fell = db.prepare("SELECT citing, cited, fallen FROM citations WHERE fallen > ? AND seq <= ?");
  }

  /** Reads what has come into the file since the last time. */
  catchUp(): void {
    for (const { citing, cited, fallen } of this.#fell.all(this.#fallen, this.#seq)) {
      this.#remove(citing, cited);
      this.#fallen = Math.max(this.#fallen, fallen);
    }
    for (const [seq, fallen, citing, cited] of this.#added.iterate(this.#seq)) {
      this.#seq = seq;
      if (fallen === null) this.#add(citing, cited);
      else this.#fallen = Math.max(this.#fallen, fallen);
    }
  }

  /** Tells two states of the links apart. */
  get position(): string {
    return `${this.#seq} ${this.#fallen}`;
  }

  /** Articles are the numbers below this. */
  get size(): number {
    return this.#ids.length;
  }

  /** Undefined: no citation of it or by it. */
  numberOf(id: string): number | undefined {
    return this.#numbers.get(id);
  }

  idOf(article: number): string {
    return this.#ids[article] ?? "";
  }

  cites(article: number): readonly number[] {
    return this.#cites[article] ?? [];
  }

  citedBy(article: number): readonly number[] {
    return this.#citedBy[article] ?? [];
  }

  #add(citing: string, cited: string): void {
    const [from, to] = [this.#number(citing), this.#number(cited)];
    this.#cites[from]?.push(to);
    this.#citedBy[to]?.push(from);
  }

  #remove(citing: string, cited: string): void {
    const [from, to] = [this.#number(citing), this.#number(cited)];
    without(this.#cites[from], to);
    without(this.#citedBy[to], from);
  }

  #number(id: string): number {
    const known = this.#numbers.get(id);
    if (known !== undefined) return known;
    const number = this.#ids.push(id) - 1;
    this.#numbers.set(id, number);
    this.#cites.push([]);
    this.#citedBy.push([]);
    return number;
  }
}

function without(list: number[] | undefined, article: number): void {
  const at = list?.indexOf(article) ?? -1;
  if (at >= 0) list?.splice(at, 1);
}
