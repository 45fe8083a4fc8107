import { createHash } from "node:crypto";
import type Database from "better-sqlite3";
import { canonicalJson, hash, publicationSchema } from "../articles/article.js";
import { ArticleTable, type Standing } from "../articles/article-table.js";
import { resolveReference, unknownArticle } from "../articles/reference.js";
import type {
  Article,
  ArticleCitation,
  ArticlePage,
  ArticleSummary,
  ArticleVersion,
} from "../articles/stored-article.js";
import { type CitedPassage, passageSchema } from "../citations/citation.js";
import { findPassage } from "../citations/find-passage.js";
import { ChoirError } from "../errors.js";
import type { NoveltyRecord } from "../novelty/novelty.js";

interface Row {
  seq: number;
  publication: string;
  score: number;
  citedBy: number;
  retraction: string | null;
}

interface CitationRow {
  article: string;
  version: string | null;
  claim: string;
  passage: string | null;
}

/** Every version as one table: `article` is the row of its article, `seq` the version's own. */
const VERSIONS = `(
  SELECT seq AS article, version_seq AS seq, publication, signature, markdown, novelty FROM articles
  UNION ALL SELECT article, seq, publication, signature, markdown, novelty FROM former_versions)`;

const CITED_BY = "(SELECT count(*) FROM citations WHERE cited = articles.id AND fallen IS NULL) AS citedBy";

/** Reads articles and citations from the file. */
export class StoreReader {
  readonly #db: Database.Database;
  readonly #articles: ArticleTable;

  constructor(db: Database.Database) {
    this.#db = db;
    this.#articles = new ArticleTable(db);
  }

  /**
   * @param reference an id or the beginning of one, for an earlier version followed by `@` and the version or its beginning
   * @throws ChoirError `unknown_article` or `ambiguous_id`.
   */
  article(reference: string): Article {
    const { article, seq } = resolveReference(this.#db, reference);
    const row = this.#db
      .prepare<[number, number], Row & { markdown: string }>(
        `SELECT v.seq, v.publication, v.markdown, v.novelty ->> '$.score' AS score, articles.retraction, ${CITED_BY}
         FROM ${VERSIONS} AS v JOIN articles ON articles.seq = v.article WHERE v.article = ? AND v.seq = ?`,
      )
      .get(article, seq);
    if (!row) throw unknownArticle(reference);
    const { agent, run, sources, revises, id } = publicationSchema.parse(JSON.parse(row.publication));
    const { markdown } = row;
    const [versions, citations] = [this.#versions(article), this.#citationsOf(id)];
    return { ...summary(row), agent, run, revises, versions, sources, citations, markdown, seq: row.seq };
  }

  /** What the rules ask about an article, whichever version the reference names. */
  standing(reference: string): Standing {
    const { article } = resolveReference(this.#db, reference);
    const row = this.#db.prepare<[number], { id: string }>("SELECT id FROM articles WHERE seq = ?").get(article);
    const standing = row && this.#articles.find(row.id);
    if (standing === undefined) throw unknownArticle(reference);
    return standing;
  }

  /** Where words stand in the version of an article that stands now. @throws ChoirError `invalid_citation` if they do not */
  passage(reference: string, words: string): CitedPassage {
    const { seq, id, publication } = this.standing(reference);
    const found = findPassage(this.#articles.textOf(seq, publication.version) ?? "", words);
    if (found !== undefined) return found;
    throw new ChoirError("invalid_citation", `These words do not stand in article ${id}: quote them as it has them.`);
  }

  /** Newest first, by their first versions. @throws ChoirError `unknown_article` or `ambiguous_id` for `before` */
  list({ limit, before }: ArticlePage): ArticleSummary[] {
    const end = before === undefined ? Number.MAX_SAFE_INTEGER : resolveReference(this.#db, before).article;
    const rows = this.#db.prepare<[number, number], Row>(
      `SELECT seq, publication, novelty ->> '$.score' AS score, retraction, ${CITED_BY}
       FROM articles WHERE seq < ? ORDER BY seq DESC LIMIT ?`,
    );
    return rows.all(end, limit).map(summary);
  }

  /** Of the version that stands, or of the one that the reference names. */
  novelty(reference: string): NoveltyRecord {
    const { article, seq } = resolveReference(this.#db, reference);
    const row = this.#db
      .prepare<[number, number], { novelty: string }>(`SELECT novelty FROM ${VERSIONS} WHERE article = ? AND seq = ?`)
      .get(article, seq);
    if (!row) throw unknownArticle(reference);
    return JSON.parse(row.novelty) as NoveltyRecord;
  }

  /** Where a version stands in the stream, and its novelty score. */
  score(reference: string): { seq: number; score: number } {
    const { article, seq } = resolveReference(this.#db, reference);
    const row = this.#db
      .prepare<[number, number], { seq: number; score: number }>(
        `SELECT seq, novelty ->> '$.score' AS score FROM ${VERSIONS} WHERE article = ? AND seq = ?`,
      )
      .get(article, seq);
    if (!row) throw unknownArticle(reference);
    return row;
  }

  /** Number of articles that cite this one. */
  citations(reference: string): number {
    return this.article(reference).citedBy;
  }

  /** Why an effect of the stream was not applied, if so. */
  rejection(seq: number): string | undefined {
    return this.#db.prepare<[number], { reason: string }>("SELECT reason FROM rejected WHERE seq = ?").get(seq)?.reason;
  }

  /** Where in the stream the citation of one article by another one stands that counts, or once did. */
  citationSeq(citing: string, cited: string): number | undefined {
    return this.#db
      .prepare<[string, string], { seq: number }>("SELECT seq FROM citations WHERE cited = ? AND citing = ?")
      .get(cited, citing)?.seq;
  }

  /**
   * SHA-256 of everything that the stream says, as canonical JSON lines in the order of the stream: two projections of
   * one stream have the same one.
   */
  exportHash(): string {
    const digest = createHash("sha256");
    const add = (line: object) => digest.update(`${canonicalJson(line)}\n`);
    const versions = this.#db.prepare<
      [],
      { publication: string; signature: string | null; markdown: string; novelty: string; seq: number }
    >(`SELECT seq, publication, signature, markdown, novelty FROM ${VERSIONS} ORDER BY seq`);
    for (const { seq, publication, signature, markdown, novelty } of versions.iterate()) {
      const said = { publication: JSON.parse(publication), novelty: JSON.parse(novelty) };
      add({ seq, ...said, signature, markdown: hash(markdown) });
    }
    for (const query of [
      "SELECT id, retraction, retraction_seq FROM articles WHERE retraction_seq IS NOT NULL ORDER BY retraction_seq",
      "SELECT * FROM citations ORDER BY seq",
      "SELECT * FROM rejected ORDER BY seq",
      "SELECT * FROM signing",
    ]) {
      for (const row of this.#db.prepare<[], object>(query).iterate()) add(row);
    }
    return digest.digest("hex");
  }

  #versions(article: number): ArticleVersion[] {
    return this.#db
      .prepare<[number], ArticleVersion>(
        `SELECT publication ->> '$.version' AS version, publication ->> '$.title' AS title,
           publication ->> '$.createdAt' AS createdAt, novelty ->> '$.score' AS noveltyScore
         FROM ${VERSIONS} WHERE article = ? ORDER BY seq`,
      )
      .all(article);
  }

  #citationsOf(citing: string): ArticleCitation[] {
    return this.#db
      .prepare<[string], CitationRow>(
        "SELECT cited AS article, cited_version AS version, claim, passage FROM citations WHERE citing = ? ORDER BY seq",
      )
      .all(citing)
      .map(({ article, version, claim, passage }) => ({
        article,
        claim,
        ...(version !== null && { version }),
        ...(passage !== null && { passage: passageSchema.parse(JSON.parse(passage)) }),
      }));
  }
}

function summary({ publication, score, citedBy, retraction }: Row): ArticleSummary {
  const { id, version, title, author, authorKey, tags, language, licence, createdAt, imported } =
    publicationSchema.parse(JSON.parse(publication));
  return {
    ...{ id, version, title, author, authorKey, tags: tags ?? [], language, licence, createdAt },
    noveltyScore: score,
    citedBy,
    ...(imported !== undefined && { imported }),
    ...(retraction !== null && { retracted: JSON.parse(retraction) as ArticleSummary["retracted"] }),
  };
}
