import type Database from "better-sqlite3";
import { correctionsOf } from "./corrections.js";
import { DENSE_TABLES, DenseIndex, type Near } from "./dense-index.js";
import { cosine } from "./dot.js";
import { type Feedback, feedbackPassages, withFeedback } from "./feedback.js";
import { grown } from "./grown.js";
import { INDEXED_ARTICLE_TABLES, IndexedArticles } from "./indexed-articles.js";
import type { IndexedArticle, IndexHit, IndexQuery, IndexStats, WeightedWord } from "./knowledge-index.js";
import { LEXICON_TABLES, Lexicon } from "./lexicon.js";
import { copiesLast } from "./near-copies.js";
import { type Found, fuse } from "./rank.js";
import { withSupport } from "./support.js";
import { indexedWords } from "./terms.js";
import { Top } from "./top.js";
import { packCounts, unpackCounts } from "./word-counts.js";
import { ONCE, WordIndex } from "./word-index.js";

/** A passage that a vector is near to. */
export interface NearPassage {
  article: string;
  /** Sequence of the version that it stands in. */
  version: number;
  /** Its number in the article, from 0. */
  passage: number;
  /** Cosine. */
  similarity: number;
}

export const PASSAGE_TABLES = `
    ${INDEXED_ARTICLE_TABLES}
    ${LEXICON_TABLES}
    CREATE TABLE passages (
      id INTEGER PRIMARY KEY,
      article INTEGER NOT NULL,
      number INTEGER NOT NULL,
      heading TEXT NOT NULL,
      text TEXT NOT NULL,
      start INTEGER NOT NULL,
      end INTEGER NOT NULL,
      words BLOB NOT NULL,
      UNIQUE (article, number)
    );
    ${DENSE_TABLES}`;

/** What a word counts in the text, in the heading and in the title, in halves. */
const IN_TEXT = ONCE;
const IN_HEADING = 1.5 * ONCE;
const IN_TITLE = 3 * ONCE;

/** Articles that each of the two lists gives, at least. */
const LEAST_DEPTH = 50;

/**
 * The passages of all articles, by their words and by their vectors. The file has everything; what BM25 and the corrections
 * need of it stands in memory as well, and is taken in from the file, at the start and after each transaction alike: so
 * that a crash or a transaction that fails leaves nothing in memory that is not in the file.
 */
export class PassageIndex {
  readonly #articles: IndexedArticles;
  readonly #lexicon: Lexicon;
  readonly #words = new WordIndex();
  readonly #dense: DenseIndex;
  readonly #statements: ReturnType<typeof prepare>;
  /** The place of each passage's article, by the passage's number in the file. */
  #places = new Uint32Array(0);
  #last = 0;

  constructor(db: Database.Database) {
    this.#articles = new IndexedArticles(db);
    this.#lexicon = new Lexicon(db);
    this.#dense = new DenseIndex(db);
    this.#statements = prepare(db);
    this.catchUp();
  }

  /** How many passages there are. */
  get size(): number {
    return this.#dense.size;
  }

  /** Puts an article in, in the caller's transaction; found after {@link catchUp}. See {@link KnowledgeIndex.add}. */
  add(article: IndexedArticle): void {
    const { latest, isNew } = this.#articles.add(article);
    if (!isNew) return;
    if (latest !== undefined) this.#forget(latest);
    this.#lexicon.begin();
    const { seq, title, passages } = article;
    const titleWords = indexedWords(title);
    for (const [number, { heading, text, start, end, vector }] of passages.entries()) {
      const counts = new Map<number, number>();
      const count = (words: readonly string[], weight: number) => {
        for (const word of words) {
          const wordNumber = this.#lexicon.numberOf(word);
          counts.set(wordNumber, (counts.get(wordNumber) ?? 0) + weight);
        }
      };
      count(titleWords, IN_TITLE);
      // The first heading is the title, mostly.
      if (heading !== title) count(indexedWords(heading), IN_HEADING);
      count(indexedWords(text), IN_TEXT);
      const row = { seq, number, heading, text, start, end, words: packCounts(counts) };
      const { lastInsertRowid } = this.#statements.passage.run(row);
      this.#dense.add(Number(lastInsertRowid), vector);
    }
  }

  /** Takes an article out, in the caller's transaction. See {@link KnowledgeIndex.remove}. */
  remove(article: string): void {
    const latest = this.#articles.remove(article);
    if (latest !== undefined) this.#forget(latest);
  }

  /** Takes what the file has more than the memory into memory. */
  catchUp(): void {
    this.#articles.catchUp();
    this.#lexicon.catchUp();
    for (const { id, article, words } of this.#statements.after.iterate(this.#last)) {
      const place = this.#articles.placeOf(article) ?? 0;
      this.#places = grown(this.#places, id + 1);
      this.#places[id] = place;
      this.#articles.countPassage(place);
      const stems = new Map<number, number>();
      let length = 0;
      unpackCounts(words, (word, count) => {
        this.#lexicon.count(word);
        const stem = this.#lexicon.stem(word);
        stems.set(stem, (stems.get(stem) ?? 0) + count);
        if (!this.#lexicon.isStop(word)) length += count;
      });
      this.#words.add(id, stems, length);
      this.#last = id;
    }
    this.#dense.catchUp();
  }

  stats(): IndexStats {
    const { articles, passages } = this.#articles.matching();
    return { articles, passages };
  }

  /** Passages of all versions, those that are gone among them, and what an embedder gets of them. */
  load(): { texts: number; characters: number } {
    return this.#statements.load.get() ?? { texts: 0, characters: 0 };
  }

  /** See {@link correctionsOf}. */
  corrections(words: readonly string[]): Record<string, WeightedWord[]> {
    return correctionsOf(words, this.#lexicon, this.#words);
  }

  query({ words, vector, floor, vectorWeight, filter, limit }: IndexQuery): IndexHit[] {
    const { mask, articles } = this.#articles.matching(filter);
    const depth = Math.max(LEAST_DEPTH, limit);
    const stems = this.#stemsOf(words);
    const byWords = this.#byWords(stems, mask, depth);
    const byVector = vector ? this.#byVector(vector, byWords, mask, depth).filter((one) => one.score > floor) : [];
    const first = fuse(byWords, byVector, vectorWeight);
    const isHybrid = byWords.length > 0 && byVector.length > 0;
    const ranked = isHybrid
      ? this.#secondAnswer(stems, first, byVector, { mask, articles, depth, vectorWeight })
      : first;
    return copiesLast(ranked, (passage) => this.#dense.vector(passage))
      .slice(0, limit)
      .flatMap(({ article, passage, score }) => {
        const row = this.#statements.get.get(passage);
        if (!row) return [];
        const similarity = vector ? Math.max(0, cosine(vector, this.#dense.vector(passage))) : 0;
        return [{ article: this.#articles.id(article), ...row, score, similarity }];
      });
  }

  /** The passages nearest to a vector, nearest first, at most `k`, with the versions that they stand in; none of the article `except`. */
  nearest(vector: Int8Array, k: number, { except }: { except?: string } = {}): NearPassage[] {
    const { mask } = this.#articles.matching();
    const isStanding = (id: number) => mask[this.#places[id] ?? 0] === 1;
    const isExcepted = (id: number) => this.#articles.id(this.#places[id] ?? 0) === except;
    const near = this.#dense.nearest(vector, k, isStanding, except === undefined ? undefined : isExcepted);
    return near.flatMap(({ id, similarity }) => {
      const row = this.#statements.place.get(id);
      const article = this.#articles.id(this.#places[id] ?? 0);
      return row ? [{ article, version: row.version, passage: row.passage, similarity }] : [];
    });
  }

  /**
   * What a version says is no longer near to anything. Its words stay among those that say how common words are: the same
   * after a start as before it, without anything that has to be counted down.
   */
  #forget(seq: number): void {
    for (const { id } of this.#statements.of.all(seq)) this.#dense.remove(id);
  }

  #stemsOf(words: IndexQuery["words"]): Map<number, number> {
    const stems = new Map<number, number>();
    for (const { word, weight } of words) {
      const stem = this.#lexicon.stemOfWord(word);
      if (stem !== undefined) stems.set(stem, (stems.get(stem) ?? 0) + weight);
    }
    return stems;
  }

  /** The answer to the question and to what its first answers have in common. */
  #secondAnswer(
    stems: ReadonlyMap<number, number>,
    first: readonly Found[],
    byVector: readonly Found[],
    o: { mask: Uint8Array; articles: number; depth: number; vectorWeight: number },
  ): Found[] {
    const answers = first.slice(0, feedbackPassages(o.articles));
    const feedback: Feedback[] = answers.map(({ passage, score }) => ({ score, stems: this.#says(passage) }));
    const second = fuse(this.#byWords(withFeedback(stems, feedback), o.mask, o.depth), byVector, o.vectorWeight);
    return withSupport(second, o.articles, (passage) => this.#says(passage, (stem) => this.#words.rarity(stem)));
  }

  /** How much a passage says each of its stems, as far as they say something. */
  #says(passage: number, weightOf: (stem: number) => number = () => 1): Map<number, number> {
    const counts = new Map<number, number>();
    unpackCounts(this.#statements.words.get(passage)?.words ?? new Uint8Array(), (word, count) => {
      const stem = this.#lexicon.stem(word);
      if (!this.#lexicon.isStopStem(stem) && !this.#words.isCommon(stem))
        counts.set(stem, (counts.get(stem) ?? 0) + count);
    });
    return new Map(
      [...counts].map(([stem, count]) => [stem, this.#words.saturation(passage, count) * weightOf(stem)] as const),
    );
  }

  #byWords(stems: ReadonlyMap<number, number>, mask: Uint8Array, depth: number): Found[] {
    const scores = new Float64Array(mask.length);
    const passages = new Uint32Array(mask.length);
    this.#words.score(stems, (passage, score) => {
      const article = this.#places[passage] ?? 0;
      const most = scores[article] ?? 0;
      if (mask[article] !== 1 || score < most || (score === most && passage > (passages[article] ?? 0))) return;
      scores[article] = score;
      passages[article] = passage;
    });
    const top = new Top(depth);
    for (const [article, score] of scores.entries()) if (score > 0) top.offer(article, score);
    return top.sorted().map(({ item, score }) => ({ article: item, passage: passages[item] ?? 0, score }));
  }

  /** The nearest, and what the words have found with its own nearness: what is in one list only must not seem to be unlike the question. */
  #byVector(vector: Int8Array, byWords: readonly Found[], mask: Uint8Array, depth: number): Found[] {
    const near = this.#near(vector, mask, depth);
    const known = new Set(near.map(({ id }) => id));
    const others = byWords.map(({ passage }) => passage).filter((passage) => !known.has(passage));
    const all = [...near, ...this.#dense.closest(vector, others, others.length)]
      .map(({ id, similarity }) => ({ article: this.#places[id] ?? 0, passage: id, score: similarity }))
      .sort((a, b) => b.score - a.score || a.passage - b.passage);
    return firstOfEach(all);
  }

  #near(vector: Int8Array, mask: Uint8Array, depth: number): Near[] {
    return this.#dense.nearest(vector, depth, (id) => mask[this.#places[id] ?? 0] === 1);
  }
}

/** Of passages in their order the first of each article. */
function firstOfEach(passages: readonly Found[]): Found[] {
  const seen = new Set<number>();
  return passages.filter(({ article }) => !seen.has(article) && seen.add(article));
}

function prepare(db: Database.Database) {
  return {
    passage: db.prepare(
      `INSERT INTO passages (article, number, heading, text, start, end, words)
       VALUES (@seq, @number, @heading, @text, @start, @end, @words)`,
    ),
    load: db.prepare<[], { texts: number; characters: number }>(
      "SELECT count(*) AS texts, coalesce(sum(length(heading) + 1 + length(text)), 0) AS characters FROM passages",
    ),
    of: db.prepare<[number], { id: number }>("SELECT id FROM passages WHERE article = ?"),
    after: db.prepare<[number], { id: number; article: number; words: Buffer }>(
      "SELECT id, article, words FROM passages WHERE id > ? ORDER BY id",
    ),
    words: db.prepare<[number], { words: Buffer }>("SELECT words FROM passages WHERE id = ?"),
    get: db.prepare<[number], Pick<IndexHit, "passage" | "text" | "start" | "end">>(
      "SELECT number AS passage, text, start, end FROM passages WHERE id = ?",
    ),
    place: db.prepare<[number], { version: number; passage: number }>(
      "SELECT article AS version, number AS passage FROM passages WHERE id = ?",
    ),
  };
}
