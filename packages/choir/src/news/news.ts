import type Database from "better-sqlite3";
import { publicationSchema } from "../articles/article.js";

/** What happened to an article, as it stands in the stream of effects; `seq` is its position there, `at` the author's clock. */
export interface News {
  seq: number;
  kind: "published" | "revised" | "retracted" | "cited";
  /** What it happened to. */
  article: NewsArticle;
  /** Absent for a citation, whose effect has no time of its own. */
  at?: string;
  /** Why it was retracted. */
  reason?: string;
  /** Who cited it, and for what. */
  by?: { article: NewsArticle; claim: string };
}

export interface NewsArticle {
  id: string;
  /** Of the version that was published; else of the one that stands. */
  version: string;
  title: string;
  author: string;
  authorKey?: string;
  tags: readonly string[];
}

/** What news can be about: an author's public key, a tag, or an article's id. */
export type Subject = { kind: "author" | "tag" | "article"; name: string };

/** Whether news are about a subject: what becomes of an author's articles or of an article, and who cites it; of a tag all but that. */
export function concerns({ kind, name }: Subject, { article, kind: what }: News): boolean {
  if (kind === "author") return article.authorKey === name;
  if (kind === "article") return article.id === name;
  return what !== "cited" && article.tags.includes(name);
}

export interface NewsAsked {
  subjects: readonly Subject[];
  limit: number;
  /** Whether news are about all of the subjects (the default) or about any of them. */
  match?: "all" | "any";
}

interface Row {
  seq: number;
  kind: News["kind"];
  publication: string;
  detail: string | null;
  by: string | null;
}

/** News behind a position. Each part has an index on its position, so that SQLite merges them, and reads no more than are asked for. */
const AFTER = `
  SELECT version_seq AS seq, CASE version_seq WHEN seq THEN 'published' ELSE 'revised' END AS kind, publication, NULL AS detail,
    NULL AS by FROM articles WHERE version_seq > @after
  UNION ALL SELECT seq, CASE seq WHEN article THEN 'published' ELSE 'revised' END, publication, NULL, NULL
    FROM former_versions WHERE seq > @after
  UNION ALL SELECT retraction_seq, 'retracted', publication, retraction, NULL FROM articles WHERE retraction_seq > @after
  UNION ALL SELECT c.seq, 'cited', cited.publication, c.claim, citing.publication
    FROM citations AS c CROSS JOIN articles AS cited ON cited.id = c.cited CROSS JOIN articles AS citing ON citing.id = c.citing
    WHERE c.seq > @after`;

/** What became of the effects that were accepted, in the order of the stream: the same after every rebuild. */
export class NewsTable {
  readonly #latest: Database.Statement<[{ after: number }], Row>;
  readonly #after: Database.Statement<[{ after: number; limit: number }], Row>;

  constructor(db: Database.Database) {
    this.#latest = db.prepare(`${AFTER} ORDER BY seq DESC`);
    this.#after = db.prepare(`${AFTER} ORDER BY seq LIMIT @limit`);
  }

  /** The latest about all of these subjects at once, which with none is anything, or about any of them, the newest first. */
  latest({ subjects, limit, match = "all" }: NewsAsked): News[] {
    const found: News[] = [];
    for (const row of this.#latest.iterate({ after: 0 })) {
      const news = newsOf(row);
      const about = (subject: Subject) => concerns(subject, news);
      if (match === "all" ? subjects.every(about) : subjects.some(about)) found.push(news);
      if (found.length >= limit) break;
    }
    return found;
  }

  /** What stands behind a position of the stream, the oldest first. */
  after(position: number, limit: number): News[] {
    return this.#after.all({ after: position, limit }).map(newsOf);
  }
}

function newsOf({ seq, kind, publication, detail, by }: Row): News {
  const { createdAt, ...article } = articleOf(publication);
  if (kind === "cited") {
    const { createdAt: _, ...citing } = articleOf(by ?? "");
    return { seq, kind, article, by: { article: citing, claim: detail ?? "" } };
  }
  if (kind !== "retracted") return { seq, kind, article, at: createdAt };
  const { reason, at } = JSON.parse(detail ?? "{}") as { reason: string; at: string };
  return { seq, kind, article, at, reason };
}

function articleOf(publication: string): NewsArticle & { createdAt: string } {
  const { id, version, title, author, authorKey, tags, createdAt } = publicationSchema.parse(JSON.parse(publication));
  return { id, version, title, author, ...(authorKey !== undefined && { authorKey }), tags: tags ?? [], createdAt };
}
