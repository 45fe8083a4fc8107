import type Database from "better-sqlite3";
import type { ArticleTable } from "../articles/article-table.js";
import type { Citation } from "./citation.js";

/**
 * Each pair of articles once. `author_key` and the versions are NULL for what is unsigned; `fallen` is the stream sequence of the
 * retraction, of one of the two articles, from which on the citation counts no more.
 */
export const CITATION_TABLES = `
  CREATE TABLE citations (
    citing TEXT NOT NULL,
    cited TEXT NOT NULL,
    seq INTEGER NOT NULL,
    claim TEXT NOT NULL,
    citing_version TEXT,
    cited_version TEXT,
    passage TEXT,
    author_key TEXT,
    fallen INTEGER,
    PRIMARY KEY (cited, citing)
  ) WITHOUT ROWID;
  CREATE INDEX citations_by_citing ON citations (citing);
  -- With the key of the table in them, these two have all that the graph reads.
  CREATE INDEX citations_by_seq ON citations (seq, fallen);
  CREATE INDEX citations_by_fallen ON citations (fallen) WHERE fallen IS NOT NULL;`;

/** Who cites whom, and for what. */
export class CitationTable {
  readonly #articles: Pick<ArticleTable, "find" | "textOf" | "needsSignatures">;
  readonly #statements: ReturnType<typeof prepare>;

  constructor(db: Database.Database, articles: Pick<ArticleTable, "find" | "textOf" | "needsSignatures">) {
    this.#articles = articles;
    this.#statements = prepare(db);
  }

  /** Why a citation does not count, if so. */
  refuses(citation: Citation): string | undefined {
    const { citing, cited, authorKey, citingVersion = "", citedVersion = "", passage } = citation;
    if (citing === cited) return `article ${citing} cites itself`;
    const [from, to] = [this.#articles.find(citing), this.#articles.find(cited)];
    if (from === undefined || to === undefined) return `article ${from === undefined ? citing : cited} is unknown`;
    for (const { id, isRetracted } of [from, to]) if (isRetracted) return `article ${id} is retracted`;
    if (this.#statements.has.get(cited, citing)) return `article ${citing} has cited ${cited} before`;
    if (authorKey === undefined) {
      return this.#articles.needsSignatures ? `the citation of ${cited} by ${citing} is not signed` : undefined;
    }
    if (from.authorKey !== authorKey) return `article ${citing} is another author's`;
    if (to.authorKey === authorKey) return `article ${cited} is by the author who cites it`;
    if (this.#articles.textOf(from.seq, citingVersion) === undefined) return versionless(citing, citingVersion);
    const text = this.#articles.textOf(to.seq, citedVersion);
    if (text === undefined) return versionless(cited, citedVersion);
    if (passage === undefined || text.slice(passage.start, passage.end) === passage.text) return undefined;
    return `the passage does not stand in article ${cited}`;
  }

  add(seq: number, citation: Citation): void {
    const { citing, cited, claim, citingVersion = null, citedVersion = null, authorKey = null } = citation;
    const passage = citation.passage === undefined ? null : JSON.stringify(citation.passage);
    this.#statements.add.run({ seq, citing, cited, claim, citingVersion, citedVersion, passage, authorKey });
  }

  /** What an article cites and what cites it counts no more. @param seq of its retraction */
  fall(seq: number, article: string): void {
    this.#statements.fall.run({ seq, article });
  }
}

function versionless(id: string, version: string): string {
  return `article ${id} has no version ${version}`;
}

function prepare(db: Database.Database) {
  return {
    has: db.prepare<[string, string]>("SELECT 1 FROM citations WHERE cited = ? AND citing = ?"),
    add: db.prepare(
      `INSERT INTO citations (citing, cited, seq, claim, citing_version, cited_version, passage, author_key)
       VALUES (@citing, @cited, @seq, @claim, @citingVersion, @citedVersion, @passage, @authorKey)`,
    ),
    fall: db.prepare(
      "UPDATE citations SET fallen = @seq WHERE (citing = @article OR cited = @article) AND fallen IS NULL",
    ),
  };
}
