import type Database from "better-sqlite3";
import { z } from "zod";
import { grown } from "./grown.js";
import type { IndexedArticle, IndexFilter } from "./knowledge-index.js";

/** Both only grow: what is in memory is taken in from where it ended. */
export const INDEXED_ARTICLE_TABLES = `
  CREATE TABLE indexed_articles (
    n INTEGER PRIMARY KEY,
    seq INTEGER NOT NULL UNIQUE,
    id TEXT NOT NULL,
    author TEXT NOT NULL,
    tags TEXT NOT NULL,
    language TEXT,
    published_at TEXT NOT NULL
  );
  CREATE INDEX indexed_articles_by_id ON indexed_articles (id, seq);
  -- All versions up to this one are gone.
  CREATE TABLE removals (n INTEGER PRIMARY KEY, id TEXT NOT NULL, seq INTEGER NOT NULL);`;

interface Entry {
  seq: number;
  id: string;
  author: string;
  tags: string[];
  language: string | undefined;
  publishedAt: number;
  passages: number;
}

/** 1 for the place of each version that is meant, and how many those and their passages are. */
export interface Matching {
  mask: Uint8Array;
  articles: number;
  passages: number;
}

type Version = Omit<IndexedArticle, "passages" | "title">;

/** What is known of the articles of an index; one place for each version, of which the latest that is not removed is live. */
export class IndexedArticles {
  readonly #statements: ReturnType<typeof prepare>;
  readonly #entries: Entry[] = [];
  readonly #places = new Map<number, number>();
  /** The place of the latest version of each article. */
  readonly #latest = new Map<string, number>();
  readonly #removed = new Map<string, number>();
  /** All of it: 1 for the place of each version that stands. */
  #live = new Uint8Array(0);
  #liveArticles = 0;
  #livePassages = 0;
  #lastArticle = 0;
  #lastRemoval = 0;

  constructor(db: Database.Database) {
    this.#statements = prepare(db);
  }

  /** Does nothing if this version or a later one is there: then it is not new. `latest` is the one that was there before. */
  add({ seq, id, author, tags, language, publishedAt }: Version): { latest: number | undefined; isNew: boolean } {
    const latest = this.#statements.latest.get(id)?.seq ?? undefined;
    const isNew = latest === undefined || latest < seq;
    if (isNew) this.#statements.add.run(seq, id, author, JSON.stringify(tags), language ?? null, publishedAt);
    return { latest, isNew };
  }

  /** Takes all versions of an article that there are out, and gives the latest of them, if there is one. */
  remove(id: string): number | undefined {
    const latest = this.#statements.latest.get(id)?.seq ?? undefined;
    if (latest !== undefined) this.#statements.remove.run(id, latest);
    return latest;
  }

  /** Takes in what the file has more than the memory. */
  catchUp(): void {
    for (const row of this.#statements.after.iterate(this.#lastArticle)) {
      const { n, seq, id, author, language } = row;
      const place = this.#entries.length;
      const tags = tagsSchema.parse(JSON.parse(row.tags));
      const publishedAt = Date.parse(row.publishedAt);
      this.#entries.push({ seq, id, author, tags, language: language ?? undefined, publishedAt, passages: 0 });
      this.#places.set(seq, place);
      this.#end(id);
      this.#latest.set(id, place);
      this.#begin(place);
      this.#lastArticle = n;
    }
    for (const { n, id, seq } of this.#statements.removals.iterate(this.#lastRemoval)) {
      this.#removed.set(id, seq);
      const latest = this.#entries[this.#latest.get(id) ?? -1];
      if (latest !== undefined && latest.seq <= seq) this.#end(id);
      this.#lastRemoval = n;
    }
  }

  /** The place of a version, for all that is kept by place; undefined before it has been caught up with. */
  placeOf(seq: number): number | undefined {
    return this.#places.get(seq);
  }

  countPassage(place: number): void {
    const entry = this.#entries[place];
    if (entry) entry.passages++;
    this.#livePassages += this.#live[place] ?? 0;
  }

  id(place: number): string {
    return this.#entries[place]?.id ?? "";
  }

  /** What the filter lets through of what is live. */
  matching(filter: IndexFilter = {}): Matching {
    if (Object.values(filter).some((value) => value !== undefined)) return this.#match(testOf(filter));
    const mask = this.#live.subarray(0, this.#entries.length);
    return { mask, articles: this.#liveArticles, passages: this.#livePassages };
  }

  /** A version stands, unless it was removed before it was read. */
  #begin(place: number): void {
    this.#live = grown(this.#live, place + 1);
    const entry = this.#entries[place];
    if (!entry || entry.seq <= (this.#removed.get(entry.id) ?? -1)) return;
    this.#live[place] = 1;
    this.#liveArticles++;
    this.#livePassages += entry.passages;
  }

  /** The version of an article that stands, if one does, stands no more. */
  #end(id: string): void {
    const place = this.#latest.get(id);
    if (place === undefined || this.#live[place] !== 1) return;
    this.#live[place] = 0;
    this.#liveArticles--;
    this.#livePassages -= this.#entries[place]?.passages ?? 0;
  }

  #match(test: (entry: Entry) => boolean): Matching {
    const mask = new Uint8Array(this.#entries.length);
    let [articles, passages] = [0, 0];
    for (const [id, place] of this.#latest) {
      const entry = this.#entries[place];
      if (!entry || entry.seq <= (this.#removed.get(id) ?? -1) || !test(entry)) continue;
      mask[place] = 1;
      articles++;
      passages += entry.passages;
    }
    return { mask, articles, passages };
  }
}

const tagsSchema = z.array(z.string());

function testOf({ author, tag, language, since, until, articles }: IndexFilter): (entry: Entry) => boolean {
  const [from, before] = [since, until].map((time) => (time === undefined ? undefined : Date.parse(time)));
  const ids = articles && new Set(articles);
  const base = language?.toLowerCase();
  return (entry) =>
    (author === undefined || entry.author === author) &&
    (tag === undefined || entry.tags.includes(tag)) &&
    (base === undefined || isOfLanguage(entry.language, base)) &&
    (from === undefined || entry.publishedAt >= from) &&
    (before === undefined || entry.publishedAt < before) &&
    (ids === undefined || ids.has(entry.id));
}

function isOfLanguage(language: string | undefined, base: string): boolean {
  const own = language?.toLowerCase();
  return own === base || (own?.startsWith(`${base}-`) ?? false);
}

interface Row {
  n: number;
  seq: number;
  id: string;
  author: string;
  tags: string;
  language: string | null;
  publishedAt: string;
}

function prepare(db: Database.Database) {
  return {
    add: db.prepare(
      "INSERT INTO indexed_articles (seq, id, author, tags, language, published_at) VALUES (?, ?, ?, ?, ?, ?)",
    ),
    remove: db.prepare("INSERT INTO removals (id, seq) VALUES (?, ?)"),
    latest: db.prepare<[string], { seq: number | null }>("SELECT max(seq) AS seq FROM indexed_articles WHERE id = ?"),
    after: db.prepare<[number], Row>(
      `SELECT n, seq, id, author, tags, language, published_at AS publishedAt FROM indexed_articles
       WHERE n > ? ORDER BY n`,
    ),
    removals: db.prepare<[number], { n: number; id: string; seq: number }>(
      "SELECT n, id, seq FROM removals WHERE n > ? ORDER BY n",
    ),
  };
}
