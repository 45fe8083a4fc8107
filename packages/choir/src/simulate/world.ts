import type { Economy } from "../ledger/config.js";
import { DAY_MS, endOf, monthOf } from "../ledger/months.js";
import type { Posting } from "../ledger/posting.js";
import { Rules } from "../ledger/rules.js";

export interface Author {
  key: string;
  group: string;
  /** Ids of what the author has published, oldest first. */
  articles: string[];
}

/** What a group has come to. Amounts are smallest units. */
export interface Earnings {
  authors: number;
  articles: number;
  citations: number;
  chip: bigint;
  usdc: bigint;
}

const BEGIN = Date.UTC(2026, 0, 1);

/** A knowledge base without texts: authors publish and cite, months pass, and the real rules pay. */
export class World {
  readonly #rules: Rules;
  readonly #earned = new Map<string, Earnings>();
  readonly #groupOf = new Map<string, string>();
  #now = BEGIN;
  #seq = 0;

  constructor(economy: Economy) {
    this.#rules = new Rules(economy);
    this.#rules.begin(this.#now);
  }

  join(group: string, name: string): Author {
    const key = `${group}-${name}`
      .replace(/[^A-Za-z0-9_-]/g, "-")
      .padEnd(43, "_")
      .slice(0, 43);
    this.#groupOf.set(key, group);
    this.#of(group).authors += 1;
    return { key, group, articles: [] };
  }

  fund(amount: bigint): void {
    const month = monthOf(this.#now);
    this.#count(this.#rules.fund({ sponsor: "world", month, amount, reference: month }, this.#now));
  }

  publish(author: Author, score: number): string {
    const seq = this.#next();
    const article = seq.toString(16).padStart(24, "0");
    const novelty = { score, mode: "semantic" as const, model: "simulated", formula: "simulated" };
    const fact = { type: "published" as const, seq, at: this.#time(), article, version: article.padStart(64, "0") };
    this.#count(this.#rules.apply({ ...fact, author: author.key, novelty }));
    author.articles.push(article);
    this.#of(author.group).articles += 1;
    return article;
  }

  cite(citing: string, cited: string, citedBy: Author): void {
    const seq = this.#next();
    const postings = this.#rules.apply({ type: "cited", seq, at: this.#time(), citing, cited });
    if (postings.some(({ kind }) => kind === "cited")) this.#of(citedBy.group).citations += 1;
    this.#count(postings);
  }

  /** Lets time pass until the month is over, and pays what falls due. */
  endMonth(): void {
    this.#now = endOf(monthOf(this.#now));
    this.#count(this.#rules.due(this.#now));
  }

  /** Lets so much time pass that everything that is owed is paid. */
  finish(): Map<string, Earnings> {
    this.#now += 62 * DAY_MS;
    this.#count(this.#rules.due(this.#now));
    return this.#earned;
  }

  #next(): number {
    // A month has room for 250,000 effects.
    this.#now += 10_000;
    this.#seq += 1;
    return this.#seq;
  }

  #time(): string {
    return new Date(this.#now).toISOString();
  }

  #count(postings: readonly Posting[]): void {
    for (const { kind, author, entries } of postings) {
      if (kind !== "vest" && kind !== "release") continue;
      const earnings = this.#of(this.#groupOf.get(author ?? "") ?? "");
      for (const { currency, amount } of entries) {
        if (amount <= 0n) continue;
        if (currency === "CHIP") earnings.chip += amount;
        else earnings.usdc += amount;
      }
    }
  }

  #of(group: string): Earnings {
    const known = this.#earned.get(group) ?? { authors: 0, articles: 0, citations: 0, chip: 0n, usdc: 0n };
    this.#earned.set(group, known);
    return known;
  }
}
