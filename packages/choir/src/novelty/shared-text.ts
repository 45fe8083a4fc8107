import type Database from "better-sqlite3";
import type { Chunk } from "../text/chunk.js";
import { SHINGLE_WORDS, shinglesOf } from "../text/shingles.js";
import { visibleMarkdown } from "../text/visible.js";
import { prose } from "./own-prose.js";
import { Places } from "./places.js";
import { ShingleSet } from "./shingle-set.js";
import { type Token, tokensOf } from "./tokens.js";

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

/** Finds text that has been published before: candidates by a sample of shingles, then every word of them. */
export class SharedText {
  readonly places: Places;
  readonly #statements: ReturnType<typeof prepare>;
  /** What has been read for one article. */
  readonly #versions = new Map<number, string>();

  constructor(db: Database.Database) {
    this.places = new Places(db);
    this.#statements = prepare(db);
  }

  /** To be called before an article is looked at: takes in what was published since, and forgets what was read for the one before. */
  begin(): void {
    this.places.catchUp();
    this.#versions.clear();
  }

  /** @param near places to be read in any case */
  find(shingles: readonly number[], near: readonly number[], against: Against): Shared {
    const { places } = this;
    const hits = new Map<number, number>();
    const seen = new Map<number, number>();
    for (const hash of shingles) {
      const place = isKept(hash) ? places.firstOf(hash) : undefined;
      if (place === undefined) continue;
      if (places.articleOf(place) === against.except || places.versionOf(place) > against.seq) continue;
      seen.set(hash, place);
      hits.set(place, (hits.get(place) ?? 0) + 1);
    }
    const candidates = [...hits].filter(([, count]) => count >= LEAST_HITS).sort((a, b) => b[1] - a[1] || a[0] - b[0]);
    const ours = new ShingleSet(shingles);
    const shared: { place: number; count: number }[] = [];
    for (const place of new Set([...candidates.slice(0, MOST_READ).map(([id]) => id), ...near])) {
      let count = 0;
      ours.begin();
      for (const hash of places.shinglesAt(place)) {
        const times = ours.take(hash);
        if (times === 0) continue;
        count += times;
        if (!seen.has(hash)) seen.set(hash, place);
      }
      if (count >= LEAST_SHARED) shared.push({ place, count });
    }
    shared.sort((a, b) => b.count - a.count || a.place - b.place);
    return { seen, sources: shared.map(({ place }) => place) };
  }

  /** The pairs of words of places, those of one article together. */
  pairsOf(places: readonly number[]): ReadonlySet<number>[] {
    const articles = new Map<number, Set<number>>();
    for (const place of places) {
      const article = this.places.articleOf(place);
      const all = articles.get(article) ?? new Set();
      for (const pair of this.places.pairsAt(place)) all.add(pair);
      articles.set(article, all);
    }
    return [...articles.values()];
  }

  /** Whether a paragraph stands in many articles. */
  isBoilerplate(words: readonly string[]): boolean {
    const kept = shinglesOf(words).filter(isKept);
    if (kept.length < LEAST_KEPT) return false;
    const frequent = kept.filter((hash) => this.places.articlesWith(hash) >= BOILERPLATE_ARTICLES);
    return frequent.length >= kept.length * BOILERPLATE_SHARE;
  }

  /** Counts a version among what has been published: each shingle once for all versions of its article. */
  add({ article, version, markdown, chunks, former }: Version): void {
    const known = new Set(former.flatMap((text) => shinglesOf(wordsIn(visibleMarkdown(text)))));
    const visible = visibleMarkdown(markdown);
    for (const [number, { start, end }] of chunks.entries()) {
      const words = wordsIn(visible.slice(start, end));
      const shingles: number[] = [];
      for (const hash of shinglesOf(words)) {
        if (!isKept(hash) || known.has(hash)) continue;
        known.add(hash);
        shingles.push(hash);
      }
      this.places.add({ article, version, number, start, end, words, shingles });
    }
  }

  /** The place of a passage of an article's standing version. */
  placeOf(article: string, number: number): number | undefined {
    const row = this.#statements.standing.get(article);
    return row && this.places.placeOf(row.version, number);
  }

  /** The words of a place, by their offsets in its version's Markdown. */
  tokensAt(place: number): Token[] {
    const { start, end } = this.places.spanOf(place);
    const text = prose(this.textOf(this.places.articleOf(place), this.places.versionOf(place)).slice(start, end));
    return tokensOf(text).map((token) => ({ ...token, start: start + token.start, end: start + token.end }));
  }

  /** What a reader sees of a version. */
  textOf(article: number, version: number): string {
    const known = this.#versions.get(version);
    if (known !== undefined) return known;
    const text = visibleMarkdown(this.#statements.text.get(article, version, version)?.markdown ?? "");
    this.#versions.set(version, text);
    return text;
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
    standing: db.prepare<[string], { version: number }>("SELECT version_seq AS version FROM articles WHERE id = ?"),
    text: db.prepare<[number, number, number], { markdown: string }>(
      `SELECT markdown FROM articles WHERE seq = ? AND version_seq = ?
       UNION ALL SELECT markdown FROM former_versions WHERE seq = ?`,
    ),
  };
}
