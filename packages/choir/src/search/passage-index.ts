import type Database from "better-sqlite3";
import type { Chunk } from "../text/chunk.js";
import { isSpaceless, words } from "../text/words.js";
import { DenseIndex, denseTables } from "./dense-index.js";

/** The SQL of its tables, for vectors of this length. */
export function passageTables(dimensions: number): string {
  return `
    CREATE TABLE passages (
      id INTEGER PRIMARY KEY,
      article INTEGER NOT NULL REFERENCES articles (seq),
      number INTEGER NOT NULL,
      heading TEXT NOT NULL,
      text TEXT NOT NULL,
      start INTEGER NOT NULL,
      end INTEGER NOT NULL,
      UNIQUE (article, number)
    );
    -- For misspelt questions: the words as written, while the index below has their stems.
    CREATE TABLE vocabulary (word TEXT PRIMARY KEY, passages INTEGER NOT NULL) WITHOUT ROWID;
    -- No content of its own: the words it indexes are a normalised form of what passages.text holds.
    CREATE VIRTUAL TABLE words USING fts5 (
      title, heading, body, content = '', contentless_delete = 1,
      tokenize = "porter unicode61 remove_diacritics 2 categories 'L* N* M* Co'"
    );
    INSERT INTO words (words, rank) VALUES ('rank', 'bm25(3.0, 1.5, 1.0)');
    ${denseTables(dimensions)}`;
}

/** The passages of all articles, by their words and by their vectors. */
export class PassageIndex {
  readonly #dense: DenseIndex;
  readonly #statements: ReturnType<typeof prepare>;

  constructor(db: Database.Database) {
    this.#dense = new DenseIndex(db);
    this.#statements = prepare(db);
  }

  /** How many there are. */
  get size(): number {
    return this.#statements.count.get()?.n ?? 0;
  }

  /** @param seq of the article's publication */
  add(seq: number, title: string, chunks: readonly Chunk[], vectorOf: (chunk: number) => Int8Array): void {
    for (const [number, chunk] of chunks.entries()) {
      const { lastInsertRowid } = this.#statements.passage.run({ seq, number, ...chunk, own: undefined });
      const columns = [title, chunk.heading, chunk.text].map(words);
      this.#statements.words.run(BigInt(lastInsertRowid), ...columns.map((column) => column.join(" ")));
      for (const word of wordSet(columns)) this.#statements.vocabulary.run(word);
      this.#dense.add(Number(lastInsertRowid), vectorOf(number));
    }
  }

  /** Takes an article's passages out. @param title that they were added with */
  remove(seq: number, title: string): void {
    for (const { id, heading, text } of this.#statements.passagesOf.all(seq)) {
      this.#statements.removeWords.run(id);
      for (const word of wordSet([title, heading, text].map(words))) {
        this.#statements.forget.run(word);
        this.#statements.forgetUnused.run(word);
      }
      this.#dense.remove(id);
    }
    this.#statements.removePassages.run(seq);
  }

  /** The passages nearest to a vector, nearest first, at most `k`. */
  nearest(vector: Int8Array, k: number): { article: string; passage: number; similarity: number }[] {
    return this.#dense.nearest(vector, k).flatMap(({ id, similarity }) => {
      const place = this.#statements.place.get(id);
      return place ? [{ ...place, similarity }] : [];
    });
  }
}

/** The words that can be misspelt. */
function wordSet(columns: readonly string[][]): Set<string> {
  return new Set(columns.flat().filter((word) => !isSpaceless(word)));
}

function prepare(db: Database.Database) {
  return {
    passage: db.prepare(
      `INSERT INTO passages (article, number, heading, text, start, end)
       VALUES (@seq, @number, @heading, @text, @start, @end)`,
    ),
    words: db.prepare("INSERT INTO words (rowid, title, heading, body) VALUES (?, ?, ?, ?)"),
    vocabulary: db.prepare(
      "INSERT INTO vocabulary (word, passages) VALUES (?, 1) ON CONFLICT (word) DO UPDATE SET passages = passages + 1",
    ),
    passagesOf: db.prepare<[number], { id: number; heading: string; text: string }>(
      "SELECT id, heading, text FROM passages WHERE article = ?",
    ),
    removeWords: db.prepare("DELETE FROM words WHERE rowid = ?"),
    forget: db.prepare("UPDATE vocabulary SET passages = passages - 1 WHERE word = ?"),
    forgetUnused: db.prepare("DELETE FROM vocabulary WHERE word = ? AND passages = 0"),
    removePassages: db.prepare("DELETE FROM passages WHERE article = ?"),
    count: db.prepare<[], { n: number }>("SELECT count(*) AS n FROM passages"),
    place: db.prepare<[number], { article: string; passage: number }>(
      `SELECT articles.id AS article, passages.number AS passage
       FROM passages JOIN articles ON articles.seq = passages.article WHERE passages.id = ?`,
    ),
  };
}
