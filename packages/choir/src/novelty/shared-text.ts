import type Database from "better-sqlite3";
import type { Chunk } from "../text/chunk.js";
import { SHINGLE_WORDS, shinglesOf } from "../text/shingles.js";
import { visibleMarkdown } from "../text/visible.js";
import { Bigrams } from "./bigrams.js";
import { prose } from "./own-prose.js";
import { type Token, tokensOf } from "./tokens.js";

/**
 * A fourth of the five-word shingles of everything that was published: where each stood first, and in how many articles.
 * A place is a passage of a version (both by their sequences); it stays when the version is revised or retracted, since
 * what was published once is not new any more.
 */
export const SHINGLE_TABLES = `
  CREATE TABLE places (
    id INTEGER PRIMARY KEY,
    article INTEGER NOT NULL,
    version INTEGER NOT NULL,
    number INTEGER NOT NULL,
    start INTEGER NOT NULL,
    end INTEGER NOT NULL,
    UNIQUE (version, number)
  );
  CREATE TABLE shingles (hash INTEGER PRIMARY KEY, place INTEGER NOT NULL, articles INTEGER NOT NULL);`;

/** Which shingles are kept: a fourth of them is enough to find the passages that share text; those are then read. */
const KEPT_OF = 4;

/** Passages that are read for one passage, those first that share most of the kept shingles. */
const MOST_READ = 12;
/** One phrase in common is no reason to read a passage. */
const LEAST_HITS = 2;
/** Shingles in common from which on a passage is a source of another: by chance two passages share one or two. */
const LEAST_SHARED = 4;

/** What stands in so many articles is boilerplate: a licence, a notice, a table of contents. */
const BOILERPLATE_ARTICLES = 8;
const BOILERPLATE_SHARE = 0.6;
/** Kept shingles (20 words or so) below which nothing is said of a paragraph. */
const LEAST_KEPT = 4;

/** Against what an article is measured. */
export interface Against {
  /** The last effect of the stream that counts. */
  seq: number;
  /** Row of the article whose other versions do not count: the one that is revised. */
  except?: number;
}

/** What a list of words has in common with what was published before. */
export interface Shared {
  /** Those of its shingles that have been published, each with a place of it. */
  seen: ReadonlyMap<number, number>;
  /** Places that it shares text with, those first that have most of it. */
  sources: number[];
}

/** A version that is published, or the way there. */
export interface Version {
  /** Rows: the sequence of the first version, and of this one. */
  article: number;
  version: number;
  markdown: string;
  chunks: readonly Chunk[];
  /** The Markdown of the article's former versions. */
  former: readonly string[];
}

interface Place {
  article: number;
  version: number;
  tokens: Token[];
  shingles: ReadonlySet<number>;
  pairs: Uint32Array;
}

/** Finds text that has been published before: candidates by a sample of shingles, then every word of them. */
export class SharedText {
  readonly #statements: ReturnType<typeof prepare>;
  /** What has been read for one article, whose passages mostly have the same candidates. */
  readonly #places = new Map<number, Place>();
  readonly #versions = new Map<number, string>();

  constructor(db: Database.Database) {
    this.#statements = prepare(db);
  }

  /** @param near places to be read in any case */
  find(shingles: readonly number[], near: readonly number[], against: Against): Shared {
    const hits = new Map<number, number>();
    const seen = new Map<number, number>();
    for (const hash of shingles) {
      const row = isKept(hash) ? this.#statements.find.get(hash) : undefined;
      if (!row || row.article === against.except || row.version > against.seq) continue;
      seen.set(hash, row.place);
      hits.set(row.place, (hits.get(row.place) ?? 0) + 1);
    }
    const candidates = [...hits].filter(([, count]) => count >= LEAST_HITS).sort((a, b) => b[1] - a[1] || a[0] - b[0]);
    const shared: { place: number; count: number }[] = [];
    for (const place of new Set([...candidates.slice(0, MOST_READ).map(([id]) => id), ...near])) {
      const theirs = this.place(place).shingles;
      const common = shingles.filter((hash) => theirs.has(hash));
      for (const hash of common) if (!seen.has(hash)) seen.set(hash, place);
      if (common.length >= LEAST_SHARED) shared.push({ place, count: common.length });
    }
    shared.sort((a, b) => b.count - a.count || a.place - b.place);
    return { seen, sources: shared.map(({ place }) => place) };
  }

  /** The pairs of words of places, those of one article together. */
  pairsOf(places: readonly number[]): ReadonlySet<number>[] {
    const articles = new Map<number, Set<number>>();
    for (const { article, pairs } of places.map((place) => this.place(place))) {
      const all = articles.get(article) ?? new Set();
      for (const pair of pairs) all.add(pair);
      articles.set(article, all);
    }
    return [...articles.values()];
  }

  /** Whether a paragraph stands in many articles. */
  isBoilerplate(words: readonly string[]): boolean {
    const kept = shinglesOf(words).filter(isKept);
    if (kept.length < LEAST_KEPT) return false;
    const frequent = kept.filter((hash) => (this.#statements.find.get(hash)?.articles ?? 0) >= BOILERPLATE_ARTICLES);
    return frequent.length >= kept.length * BOILERPLATE_SHARE;
  }

  /** Counts a version among what has been published: each shingle once for all versions of its article. */
  add({ article, version, markdown, chunks, former }: Version): void {
    const known = new Set(former.flatMap((text) => shinglesOf(wordsIn(visibleMarkdown(text)))));
    const visible = visibleMarkdown(markdown);
    for (const [number, { start, end }] of chunks.entries()) {
      const { lastInsertRowid } = this.#statements.addPlace.run({ article, version, number, start, end });
      for (const hash of shinglesOf(wordsIn(visible.slice(start, end)))) {
        if (!isKept(hash) || known.has(hash)) continue;
        known.add(hash);
        this.#statements.add.run(hash, Number(lastInsertRowid));
      }
    }
  }

  /** How many passages have been published, in all versions. */
  get size(): number {
    return this.#statements.size.get()?.n ?? 0;
  }

  /** The place of a passage of an article's standing version. */
  placeOf(article: string, number: number): number | undefined {
    return this.#statements.placeOf.get(article, number)?.id;
  }

  /** Reads a place; the offsets of its words are those of its version's Markdown. */
  place(id: number): Place {
    const known = this.#places.get(id);
    if (known) return known;
    const row = this.#statements.place.get(id);
    const { article = 0, version = 0, start = 0, end = 0 } = row ?? {};
    const text = prose(this.textOf(article, version).slice(start, end));
    const tokens = tokensOf(text).map((token) => ({ ...token, start: start + token.start, end: start + token.end }));
    const words = tokens.map(({ word }) => word);
    const place = { article, version, tokens, shingles: new Set(shinglesOf(words)), pairs: Bigrams.of(words) };
    this.#places.set(id, place);
    return place;
  }

  /** What a reader sees of a version. */
  textOf(article: number, version: number): string {
    const known = this.#versions.get(version);
    if (known !== undefined) return known;
    const text = visibleMarkdown(this.#statements.text.get(article, version, version)?.markdown ?? "");
    this.#versions.set(version, text);
    return text;
  }

  /** Forgets what it has read. */
  forget(): void {
    this.#places.clear();
    this.#versions.clear();
  }
}

/** Whether each word stands in a shingle that is among those seen. */
export function coverage(words: number, shingles: readonly number[], isSeen: (shingle: number) => boolean): boolean[] {
  const covered = new Array<boolean>(words).fill(false);
  for (const [at, shingle] of shingles.entries()) if (isSeen(shingle)) covered.fill(true, at, at + SHINGLE_WORDS);
  return covered;
}

function wordsIn(text: string): string[] {
  return tokensOf(prose(text)).map(({ word }) => word);
}

function isKept(hash: number): boolean {
  return hash % KEPT_OF === 0;
}

function prepare(db: Database.Database) {
  return {
    addPlace: db.prepare(
      "INSERT INTO places (article, version, number, start, end) VALUES (@article, @version, @number, @start, @end)",
    ),
    add: db.prepare<[number, number]>(
      "INSERT INTO shingles (hash, place, articles) VALUES (?, ?, 1) ON CONFLICT (hash) DO UPDATE SET articles = articles + 1",
    ),
    find: db.prepare<[number], { place: number; articles: number; article: number; version: number }>(
      `SELECT shingles.place, shingles.articles, places.article, places.version
       FROM shingles JOIN places ON places.id = shingles.place WHERE shingles.hash = ?`,
    ),
    place: db.prepare<[number], { article: number; version: number; start: number; end: number }>(
      "SELECT article, version, start, end FROM places WHERE id = ?",
    ),
    size: db.prepare<[], { n: number | null }>("SELECT max(id) AS n FROM places"),
    placeOf: db.prepare<[string, number], { id: number }>(
      `SELECT places.id FROM articles JOIN places ON places.version = articles.version_seq
       WHERE articles.id = ? AND places.number = ?`,
    ),
    text: db.prepare<[number, number, number], { markdown: string }>(
      `SELECT markdown FROM articles WHERE seq = ? AND version_seq = ?
       UNION ALL SELECT markdown FROM former_versions WHERE seq = ?`,
    ),
  };
}
