import type Database from "better-sqlite3";
import { z } from "zod";
import type { IndexedArticle } from "./knowledge-index.js";

/** How far whoever follows a file is: in its two tables that only grow. */
export const indexPositionSchema = z.object({
  /** Which file it is: one that is made again has another name. */
  file: z.string(),
  articles: z.int(),
  removals: z.int(),
});
export type IndexPosition = z.infer<typeof indexPositionSchema>;

/** What has to be done to another index to bring it to `position`. */
export interface IndexChanges {
  position: IndexPosition;
  add: IndexedArticle[];
  remove: string[];
}

/** Articles in one answer, at most twice as many. */
const AT_ONCE = 20;

/** What the file has of articles, for an index that follows it: as they stand now, whatever they were when they were put in. */
export class IndexedChanges {
  readonly #statements: ReturnType<typeof prepare>;

  constructor(db: Database.Database) {
    this.#statements = prepare(db);
  }

  /** The position of whoever has everything. */
  get end(): IndexPosition {
    const { file, articles, removals } = this.#statements.end.get() ?? {};
    return { file: file ?? "", articles: articles ?? 0, removals: removals ?? 0 };
  }

  /** The next changes after a position of this file; both lists are empty at the end. */
  after({ articles, removals }: IndexPosition): IndexChanges {
    const [added, removed] = [
      this.#statements.added.all(articles, AT_ONCE),
      this.#statements.removed.all(removals, AT_ONCE),
    ];
    const ids = new Set([...added, ...removed].map(({ id }) => id));
    const standing = new Map([...ids].map((id) => [id, this.#article(id)]));
    return {
      position: {
        file: this.end.file,
        articles: added.at(-1)?.n ?? articles,
        removals: removed.at(-1)?.n ?? removals,
      },
      add: [...standing.values()].filter((article) => article !== undefined),
      remove: [...ids].filter((id) => standing.get(id) === undefined),
    };
  }

  #article(id: string): IndexedArticle | undefined {
    const row = this.#statements.article.get(id, id);
    if (!row) return undefined;
    const { seq, author, tags, language, publishedAt, title } = row;
    return {
      ...{ id, seq, title, author, publishedAt, tags: z.array(z.string()).parse(JSON.parse(tags)) },
      ...(language !== null && { language }),
      passages: this.#statements.passages.all(seq).map(({ embedding, ...passage }) => ({
        ...passage,
        vector: new Int8Array(embedding),
      })),
    };
  }
}

function prepare(db: Database.Database) {
  return {
    end: db.prepare<[], { file: string | null; articles: number | null; removals: number | null }>(
      `SELECT (SELECT value FROM meta WHERE key = 'file') AS file, (SELECT max(n) FROM indexed_articles) AS articles,
       (SELECT max(n) FROM removals) AS removals`,
    ),
    added: db.prepare<[number, number], { n: number; id: string }>(
      "SELECT n, id FROM indexed_articles WHERE n > ? ORDER BY n LIMIT ?",
    ),
    removed: db.prepare<[number, number], { n: number; id: string }>(
      "SELECT n, id FROM removals WHERE n > ? ORDER BY n LIMIT ?",
    ),
    article: db.prepare<
      [string, string],
      { seq: number; author: string; tags: string; language: string | null; publishedAt: string; title: string }
    >(
      `SELECT i.seq, i.author, i.tags, i.language, i.published_at AS publishedAt,
         coalesce(articles.publication ->> '$.title', '') AS title
       FROM indexed_articles AS i LEFT JOIN articles ON articles.id = i.id
       WHERE i.id = ? AND i.seq > coalesce((SELECT max(seq) FROM removals WHERE id = ?), -1)
       ORDER BY i.seq DESC LIMIT 1`,
    ),
    passages: db.prepare<[number], { heading: string; text: string; start: number; end: number; embedding: Buffer }>(
      `SELECT heading, text, start, end, embedding FROM passages JOIN vectors ON vectors.passage = passages.id
       WHERE article = ? ORDER BY number`,
    ),
  };
}
