import type Database from "better-sqlite3";
import type { NoveltyRecord } from "../novelty/novelty.js";
import type { PublicationEffect } from "../stream.js";
import { type Publication, publicationSchema } from "./article.js";
import type { Retraction } from "./retraction.js";

/**
 * `articles` has what stands now: `seq`, the stream sequence of the first version, is the article's row for ever, `version_seq` that of the
 * version that stands. What it replaced is in `former_versions`. `author_key` is NULL for what is unsigned, `retraction` while it stands.
 */
export const ARTICLE_TABLES = `
  CREATE TABLE articles (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    version_seq INTEGER NOT NULL,
    author_key TEXT,
    publication TEXT NOT NULL,
    signature TEXT,
    markdown TEXT NOT NULL,
    novelty TEXT NOT NULL,
    retraction TEXT,
    retraction_seq INTEGER
  );
  CREATE TABLE former_versions (
    seq INTEGER PRIMARY KEY,
    article INTEGER NOT NULL REFERENCES articles (seq),
    publication TEXT NOT NULL,
    signature TEXT,
    markdown TEXT NOT NULL,
    novelty TEXT NOT NULL
  );
  CREATE INDEX former_versions_by_article ON former_versions (article);
  -- What is new is read in the order of the stream.
  CREATE INDEX articles_by_version_seq ON articles (version_seq);
  CREATE INDEX articles_by_retraction_seq ON articles (retraction_seq) WHERE retraction_seq IS NOT NULL;
  -- At most one row: the effect from which on nothing counts that is not signed.
  CREATE TABLE signing (seq INTEGER PRIMARY KEY);`;

/** An article as the rules look at it. */
export interface Standing {
  seq: number;
  id: string;
  /** Undefined: unsigned. */
  authorKey?: string;
  /** What stands now. */
  publication: Publication;
  isRetracted: boolean;
}

/** What was published, as it was published, and what became of it. */
export class ArticleTable {
  readonly #statements: ReturnType<typeof prepare>;

  constructor(db: Database.Database) {
    this.#statements = prepare(db);
  }

  find(id: string): Standing | undefined {
    const row = this.#statements.find.get(id);
    if (row === undefined) return undefined;
    const { seq, author_key, publication, retraction_seq } = row;
    return {
      seq,
      id,
      authorKey: author_key ?? undefined,
      publication: publicationSchema.parse(JSON.parse(publication)),
      isRetracted: retraction_seq !== null,
    };
  }

  /** Why a version of an article cannot be taken, if so. */
  refusesVersion({ publication, signature }: PublicationEffect): string | undefined {
    const { id, revises, authorKey } = publication;
    if (signature === undefined && this.needsSignatures) return `article ${id} is not signed`;
    const now = this.find(id);
    if (revises === undefined) return now === undefined ? undefined : `article ${id} has been published before`;
    if (now === undefined) return `article ${id} is unknown`;
    if (now.authorKey !== authorKey) return `article ${id} is another author's`;
    if (now.isRetracted) return `article ${id} is retracted`;
    return now.publication.version === revises ? undefined : `article ${id} was revised meanwhile`;
  }

  /** Why a retraction does not count, if so. */
  refusesRetraction({ article, authorKey }: Retraction): string | undefined {
    const now = this.find(article);
    if (now === undefined) return `article ${article} is unknown`;
    if (now.authorKey !== authorKey) return `article ${article} is another author's`;
    return now.isRetracted ? `article ${article} is retracted already` : undefined;
  }

  /** Takes a version, the first of a new article or the next of the one that `standing` is, whose row stays. */
  add(seq: number, effect: PublicationEffect, novelty: NoveltyRecord, standing?: Standing): void {
    const { publication, signature = null, markdown } = effect;
    const now = {
      seq,
      publication: JSON.stringify(publication),
      signature,
      markdown,
      novelty: JSON.stringify(novelty),
    };
    if (standing === undefined) {
      this.#statements.add.run({ ...now, id: publication.id, authorKey: publication.authorKey ?? null });
    } else {
      this.#statements.keep.run(standing.seq);
      this.#statements.replace.run({ ...now, row: standing.seq });
    }
  }

  retract(seq: number, retraction: Retraction): void {
    const { article, reason, at } = retraction;
    this.#statements.retract.run(JSON.stringify({ reason, at }), seq, article);
  }

  /** From this effect on nothing counts that is not signed; a second word changes nothing. */
  requireSignatures(seq: number): void {
    if (!this.needsSignatures) this.#statements.requireSignatures.run(seq);
  }

  get needsSignatures(): boolean {
    return this.#statements.signing.get() !== undefined;
  }

  /** The texts of all versions of an article, the one that stands last. @param row its `seq` */
  texts(row: number): string[] {
    return this.#statements.texts.all(row, row).map(({ markdown }) => markdown);
  }

  /** The text of one version, or undefined if the article has none such. */
  textOf(row: number, version: string): string | undefined {
    return this.#statements.textOf.get(row, version, row, version)?.markdown;
  }
}

function prepare(db: Database.Database) {
  return {
    find: db.prepare<
      [string],
      { seq: number; author_key: string | null; publication: string; retraction_seq: number | null }
    >("SELECT seq, author_key, publication, retraction_seq FROM articles WHERE id = ?"),
    add: db.prepare(
      `INSERT INTO articles (seq, id, version_seq, author_key, publication, signature, markdown, novelty)
       VALUES (@seq, @id, @seq, @authorKey, @publication, @signature, @markdown, @novelty)`,
    ),
    keep: db.prepare(
      `INSERT INTO former_versions (seq, article, publication, signature, markdown, novelty)
       SELECT version_seq, seq, publication, signature, markdown, novelty FROM articles WHERE seq = ?`,
    ),
    replace: db.prepare(
      `UPDATE articles SET version_seq = @seq, publication = @publication, signature = @signature,
       markdown = @markdown, novelty = @novelty WHERE seq = @row`,
    ),
    retract: db.prepare("UPDATE articles SET retraction = ?, retraction_seq = ? WHERE id = ?"),
    requireSignatures: db.prepare("INSERT INTO signing (seq) VALUES (?)"),
    signing: db.prepare("SELECT seq FROM signing"),
    texts: db.prepare<[number, number], { markdown: string }>(
      `SELECT markdown FROM (SELECT seq, markdown FROM former_versions WHERE article = ?
       UNION ALL SELECT version_seq, markdown FROM articles WHERE seq = ?) ORDER BY seq`,
    ),
    textOf: db.prepare<[number, string, number, string], { markdown: string }>(
      `SELECT markdown FROM articles WHERE seq = ? AND publication ->> '$.version' = ?
       UNION ALL SELECT markdown FROM former_versions WHERE article = ? AND publication ->> '$.version' = ?`,
    ),
  };
}
