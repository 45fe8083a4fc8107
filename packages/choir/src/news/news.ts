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
function concerns({ kind, name }: Subject, { article, kind: what }: News): boolean {
  if (kind === "author") return article.authorKey === name;
  if (kind === "article") return article.id === name;
  return what !== "cited" && article.tags.includes(name);
}

interface Row {
  seq: number;
  kind: News["kind"];
  publication: string;
  detail: string | null;
  by: string | null;
}

/** Versions with their articles, those that stand and those that were. */
const VERSIONS = `
  SELECT version_seq AS seq, publication, version_seq <> seq AS revised FROM articles
  UNION ALL SELECT seq, publication, seq <> article AS revised FROM former_versions`;

const ALL = `
  SELECT seq, CASE revised WHEN 1 THEN 'revised' ELSE 'published' END AS kind, publication, NULL AS detail, NULL AS by
  FROM (${VERSIONS})
  UNION ALL SELECT retraction_seq, 'retracted', publication, retraction, NULL FROM articles WHERE retraction_seq IS NOT NULL
  UNION ALL SELECT c.seq, 'cited', cited.publication, c.claim, citing.publication
  FROM citations AS c JOIN articles AS cited ON cited.id = c.cited JOIN articles AS citing ON citing.id = c.citing`;

/** What became of the effects that were accepted, in the order of the stream: the same after every rebuild. */
export class NewsTable {
  readonly #latest: Database.Statement<[], Row>;

  constructor(db: Database.Database) {
    this.#latest = db.prepare(`SELECT * FROM (${ALL}) ORDER BY seq DESC`);
  }

  /** The latest about all of these subjects at once, or about anything, the newest first. */
  latest(subjects: readonly Subject[], limit: number): News[] {
    const found: News[] = [];
    for (const row of this.#latest.iterate()) {
      const news = newsOf(row);
      if (subjects.every((subject) => concerns(subject, news))) found.push(news);
      if (found.length >= limit) break;
    }
    return found;
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
