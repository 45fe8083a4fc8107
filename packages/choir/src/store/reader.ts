import { createHash } from "node:crypto";
import type Database from "better-sqlite3";
import {
  type ArticleSource,
  articleIdSchema,
  type Citation,
  canonicalJson,
  hash,
  publicationSchema,
} from "../articles/article.js";
import { ChoirError } from "../errors.js";
import type { NoveltyRecord } from "../novelty/novelty.js";

export interface ArticleSummary {
  id: string;
  version: string;
  title: string;
  author: string;
  createdAt: string;
  /** 0-100, one decimal. */
  noveltyScore: number;
  /** Number of articles that cite it. */
  citedBy: number;
}

/** An article as it stands now: what was published, and what became of it. */
export interface Article extends ArticleSummary {
  agent?: string;
  run?: string;
  licence?: string;
  sources: ArticleSource[];
  /** Articles that it cites. */
  citations: Citation[];
  markdown: string;
  /** Position of its publication in the stream. */
  seq: number;
}

/** A part of the list of articles. */
export interface ArticlePage {
  limit: number;
  /** The last article of the page before; absent: from the newest on. */
  before?: string;
}

interface Row {
  seq: number;
  id: string;
  publication: string;
  markdown: string;
  score: number;
  citedBy: number;
}

const COLUMNS = `
  articles.seq, articles.id, articles.publication, articles.markdown, articles.novelty ->> '$.score' AS score,
  (SELECT count(*) FROM citations WHERE cited = articles.id) AS citedBy`;

/** Reads articles and citations from the file. */
export class StoreReader {
  readonly #db: Database.Database;

  constructor(db: Database.Database) {
    this.#db = db;
  }

  /** @throws ChoirError `unknown_article` or `ambiguous_id`. */
  article(idOrPrefix: string): Article {
    const id = this.#resolve(idOrPrefix);
    const row = this.#db.prepare<[string], Row>(`SELECT ${COLUMNS} FROM articles WHERE id = ?`).get(id);
    if (!row) throw unknownArticle(id);
    const { agent, run, licence, sources } = publicationSchema.parse(JSON.parse(row.publication));
    const citations = this.#db
      .prepare<[string], Citation>("SELECT cited AS article, context FROM citations WHERE citing = ? ORDER BY seq")
      .all(id);
    return { ...summary(row), agent, run, licence, sources, citations, markdown: row.markdown, seq: row.seq };
  }

  /** Newest first. @throws ChoirError `unknown_article` or `ambiguous_id` for `before` */
  list({ limit, before }: ArticlePage): ArticleSummary[] {
    const end = before === undefined ? Number.MAX_SAFE_INTEGER : this.article(before).seq;
    const rows = this.#db.prepare<[number, number], Row>(
      `SELECT ${COLUMNS} FROM articles WHERE seq < ? ORDER BY seq DESC LIMIT ?`,
    );
    return rows.all(end, limit).map(summary);
  }

  novelty(idOrPrefix: string): NoveltyRecord {
    const id = this.#resolve(idOrPrefix);
    const row = this.#db.prepare<[string], { novelty: string }>("SELECT novelty FROM articles WHERE id = ?").get(id);
    if (!row) throw unknownArticle(id);
    return JSON.parse(row.novelty) as NoveltyRecord;
  }

  /** The first of the ids that is not an article. */
  missing(ids: readonly string[]): string | undefined {
    const exists = this.#db.prepare<[string]>("SELECT 1 FROM articles WHERE id = ?");
    return ids.find((id) => exists.get(id) === undefined);
  }

  /** Number of articles that cite this one. */
  citations(idOrPrefix: string): number {
    return this.article(idOrPrefix).citedBy;
  }

  /** Why an effect of the stream was not applied, if so. */
  rejection(seq: number): string | undefined {
    return this.#db.prepare<[number], { reason: string }>("SELECT reason FROM rejected WHERE seq = ?").get(seq)?.reason;
  }

  /** Citations that an article declared in its publication and that are not in the citation stream yet. */
  unsettled(): { citing: string; cited: string; context: string }[] {
    return this.#db
      .prepare<[], { citing: string; cited: string; context: string }>(
        `SELECT articles.id AS citing, declared.value ->> '$.article' AS cited, declared.value ->> '$.context' AS context
         FROM articles, json_each(articles.publication, '$.citations') AS declared
         WHERE NOT EXISTS (SELECT 1 FROM citations WHERE cited = declared.value ->> '$.article' AND citing = articles.id)
         ORDER BY articles.seq, declared.key`,
      )
      .all();
  }

  /**
   * SHA-256 of everything that the stream says, as canonical JSON lines in the order of the stream: two projections of
   * one stream have the same one.
   */
  exportHash(): string {
    const digest = createHash("sha256");
    const articles = this.#db.prepare<[], Row & { novelty: string }>("SELECT * FROM articles ORDER BY seq");
    for (const { seq, publication, markdown, novelty } of articles.iterate()) {
      const line = {
        seq,
        publication: JSON.parse(publication),
        markdown: hash(markdown),
        novelty: JSON.parse(novelty),
      };
      digest.update(`${canonicalJson(line)}\n`);
    }
    for (const table of ["citations", "rejected"]) {
      for (const row of this.#db.prepare(`SELECT * FROM ${table} ORDER BY seq`).iterate()) {
        digest.update(`${canonicalJson(row)}\n`);
      }
    }
    return digest.digest("hex");
  }

  #resolve(idOrPrefix: string): string {
    if (articleIdSchema.safeParse(idOrPrefix).success) return idOrPrefix;
    if (!/^[0-9a-f]{4,23}$/.test(idOrPrefix)) throw unknownArticle(idOrPrefix);
    const found = this.#db
      .prepare<[string, string], { id: string }>("SELECT id FROM articles WHERE id >= ? AND id < ? ORDER BY id LIMIT 3")
      .all(idOrPrefix, `${idOrPrefix}g`);
    const [only, ...others] = found.map(({ id }) => id);
    if (only === undefined) throw unknownArticle(idOrPrefix);
    if (others.length === 0) return only;
    const examples = [only, ...others].join(", ");
    throw new ChoirError("ambiguous_id", `"${idOrPrefix}" begins several article ids (${examples}): write more of it.`);
  }
}

export function unknownArticle(id: string): ChoirError {
  const shown = JSON.stringify(id.slice(0, 60));
  return new ChoirError("unknown_article", `There is no article ${shown}: look for its id with a search.`);
}

function summary(row: Row): ArticleSummary {
  const { id, version, title, author, createdAt } = publicationSchema.parse(JSON.parse(row.publication));
  return { id, version, title, author, createdAt, noveltyScore: row.score, citedBy: row.citedBy };
}
