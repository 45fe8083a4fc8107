import type Database from "better-sqlite3";
import { grown } from "../search/grown.js";
import { shinglesOf } from "../text/shingles.js";
import { Bigrams } from "./bigrams.js";
import { HashTable } from "./hash-table.js";

/**
 * A place is a passage of a version (by the sequences of its article and its own); it stays when the version is revised or retracted, since
 * what was published once is not new any more. `shingles` are those of its kept ones that its article had not before; `words` is what of it is
 * compared, in the form in which it is, so that whoever is like it need not read its article.
 */
export const PLACE_TABLES = `
  CREATE TABLE places (
    id INTEGER PRIMARY KEY,
    article INTEGER NOT NULL,
    version INTEGER NOT NULL,
    number INTEGER NOT NULL,
    start INTEGER NOT NULL,
    end INTEGER NOT NULL,
    shingles BLOB NOT NULL
  );
  CREATE TABLE place_words (place INTEGER PRIMARY KEY, words TEXT NOT NULL);`;

/** Places whose shingles are kept in memory, the last ones that were asked for; two kilobytes each. */
const MOST_READ = 8_192;

/** Between words in the file; a word may have a space in it, where one character stands for several words. */
const BETWEEN = "\n";

export interface NewPlace {
  article: number;
  version: number;
  number: number;
  start: number;
  end: number;
  /** Its words, and which of their shingles are new to its article. */
  words: readonly string[];
  shingles: readonly number[];
}

/**
 * The places of everything that was published, and where each kept shingle stood first. The file has it all; shingles are looked up in memory,
 * which follows the file: a fourth of all five-word shingles land all over a table of the file, and took longer to be put there than all else.
 */
export class Places {
  readonly #statements: ReturnType<typeof prepare>;
  readonly #shingles = new HashTable();
  /** By place. */
  #articles = new Float64Array(0);
  #versions = new Float64Array(0);
  /** The first place of each version; the others follow it. */
  readonly #first = new Map<number, number>();
  readonly #read = new Map<number, readonly number[]>();
  #last = 0;

  constructor(db: Database.Database) {
    this.#statements = prepare(db);
    this.catchUp();
  }

  /** Takes in what the file has more than the memory; not to be called while there is a transaction that may be taken back. */
  catchUp(): void {
    for (const { id, article, version, number, shingles } of this.#statements.after.iterate(this.#last)) {
      this.#articles = grown(this.#articles, id + 1);
      this.#articles[id] = article;
      this.#versions = grown(this.#versions, id + 1);
      this.#versions[id] = version;
      if (number === 0) this.#first.set(version, id);
      for (const hash of numbersIn(shingles)) this.#shingles.add(hash, id);
      this.#last = id;
    }
  }

  /** Puts a place into the file, in the caller's transaction; known after {@link catchUp}. */
  add({ words, shingles, ...place }: NewPlace): void {
    const bytes = Buffer.from(Float64Array.from(shingles).buffer);
    const { lastInsertRowid } = this.#statements.add.run({ ...place, shingles: bytes });
    this.#statements.addWords.run(lastInsertRowid, words.join(BETWEEN));
  }

  /** How many there are, of all versions. */
  get size(): number {
    return this.#last;
  }

  articleOf(place: number): number {
    return this.#articles[place] ?? 0;
  }

  versionOf(place: number): number {
    return this.#versions[place] ?? 0;
  }

  /** The place of a passage of a version. */
  placeOf(version: number, number: number): number | undefined {
    const first = this.#first.get(version);
    return first === undefined || this.versionOf(first + number) !== version ? undefined : first + number;
  }

  /** Where a shingle stood first, if it is among those that are kept. */
  firstOf(shingle: number): number | undefined {
    return this.#shingles.numberOf(shingle);
  }

  /** How many articles have a kept shingle, up to 255. */
  articlesWith(shingle: number): number {
    return this.#shingles.count(shingle);
  }

  /** All shingles of a place, repeated ones too. */
  shinglesAt(place: number): readonly number[] {
    const shingles = this.#read.get(place) ?? shinglesOf(this.#wordsAt(place));
    // The last in the map is what was asked for last.
    this.#read.delete(place);
    this.#read.set(place, shingles);
    for (const [oldest] of this.#read) {
      if (this.#read.size <= MOST_READ) break;
      this.#read.delete(oldest);
    }
    return shingles;
  }

  /** The pairs of neighbouring words of a place. */
  pairsAt(place: number): Uint32Array {
    return Bigrams.of(this.#wordsAt(place));
  }

  /** Where a place stands in the Markdown of its version. */
  spanOf(place: number): { start: number; end: number } {
    return this.#statements.span.get(place) ?? { start: 0, end: 0 };
  }

  #wordsAt(place: number): string[] {
    const words = this.#statements.words.get(place)?.words ?? "";
    return words === "" ? [] : words.split(BETWEEN);
  }
}

/** A copy, because a slice of a larger buffer need not begin where a number may. */
function numbersIn(bytes: Uint8Array): Float64Array {
  return new Float64Array(Uint8Array.from(bytes).buffer);
}

function prepare(db: Database.Database) {
  return {
    add: db.prepare(
      `INSERT INTO places (article, version, number, start, end, shingles)
       VALUES (@article, @version, @number, @start, @end, @shingles)`,
    ),
    addWords: db.prepare<[number | bigint, string]>("INSERT INTO place_words (place, words) VALUES (?, ?)"),
    after: db.prepare<[number], { id: number; article: number; version: number; number: number; shingles: Buffer }>(
      "SELECT id, article, version, number, shingles FROM places WHERE id > ? ORDER BY id",
    ),
    words: db.prepare<[number], { words: string }>("SELECT words FROM place_words WHERE place = ?"),
    span: db.prepare<[number], { start: number; end: number }>("SELECT start, end FROM places WHERE id = ?"),
  };
}
