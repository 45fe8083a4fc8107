import type Database from "better-sqlite3";
import type { NoveltyRecord } from "../novelty/novelty.js";
import type { Publication } from "./article.js";

/** `seq` is the stream sequence of the publication. */
export const ARTICLE_TABLES = `
  CREATE TABLE articles (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    publication TEXT NOT NULL,
    markdown TEXT NOT NULL,
    novelty TEXT NOT NULL
  );`;

/** What was published, as it was published. */
export class ArticleTable {
  readonly #statements: ReturnType<typeof prepare>;

  constructor(db: Database.Database) {
    this.#statements = prepare(db);
  }

  has(id: string): boolean {
    return this.#statements.has.get(id) !== undefined;
  }

  add(seq: number, publication: Publication, markdown: string, novelty: NoveltyRecord): void {
    this.#statements.add.run(seq, publication.id, JSON.stringify(publication), markdown, JSON.stringify(novelty));
  }
}

function prepare(db: Database.Database) {
  return {
    has: db.prepare<[string]>("SELECT 1 FROM articles WHERE id = ?"),
    add: db.prepare("INSERT INTO articles (seq, id, publication, markdown, novelty) VALUES (?, ?, ?, ?, ?)"),
  };
}
