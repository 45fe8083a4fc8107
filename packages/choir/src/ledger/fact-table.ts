import type Database from "better-sqlite3";
import type { Publication } from "../articles/article.js";
import type { NoveltyRecord } from "../novelty/novelty.js";
import { type Fact, factSchema } from "./facts.js";

export const FACT_TABLES = "CREATE TABLE ledger_facts (seq INTEGER PRIMARY KEY, fact TEXT NOT NULL);";

/** Where in the stream an effect stands, and since when. */
interface Place {
  seq: number;
  time: string;
}

/** What the ledger has to know of the effects that were accepted, in the order of the stream. */
export class FactTable {
  readonly #statements: ReturnType<typeof prepare>;

  constructor(db: Database.Database) {
    this.#statements = prepare(db);
  }

  /**
   * Nothing for what is unsigned, which is nobody's, for the next version of an article, which the first one was paid for, and for what was
   * imported: it may be anybody's, so neither its novelty nor a citation of it or in it pays.
   */
  published({ seq, time: at }: Place, publication: Publication, novelty: NoveltyRecord): void {
    const { id: article, version, authorKey: author, revises, imported } = publication;
    if (author === undefined || revises !== undefined || imported !== undefined) return;
    const { score, mode, model, formula } = novelty;
    this.#add({ type: "published", seq, at, article, version, author, novelty: { score, mode, model, formula } });
  }

  cited({ seq, time: at }: Place, { citing, cited }: { citing: string; cited: string }): void {
    this.#add({ type: "cited", seq, at, citing, cited });
  }

  retracted({ seq, time: at }: Place, article: string): void {
    this.#add({ type: "retracted", seq, at, article });
  }

  after(seq: number, limit: number): Fact[] {
    return this.#statements.after.all(seq, limit).map(({ fact }) => factSchema.parse(JSON.parse(fact)));
  }

  #add(fact: Fact): void {
    this.#statements.add.run(fact.seq, JSON.stringify(fact));
  }
}

function prepare(db: Database.Database) {
  return {
    add: db.prepare("INSERT INTO ledger_facts (seq, fact) VALUES (?, ?)"),
    after: db.prepare<[number, number], { fact: string }>(
      "SELECT fact FROM ledger_facts WHERE seq > ? ORDER BY seq LIMIT ?",
    ),
  };
}
