import type Database from "better-sqlite3";
import { ChoirError } from "../errors.js";
import { isStopWord } from "../text/words.js";
import { grown } from "./grown.js";
import { Speller } from "./speller.js";
import { allowedEdits } from "./spelling.js";
import { isSpelt, stemOf } from "./terms.js";

/** Words as they are written, numbered in the order in which they came. */
export const LEXICON_TABLES = "CREATE TABLE lexicon (number INTEGER PRIMARY KEY, word TEXT NOT NULL);";

/** Of the words that are as near as others in spelling, those that are looked at. */
const MOST_NEAREST = 12;

/** The words of all passages, their stems, and how common they are. The file has the words; the rest is made from them. */
export class Lexicon {
  readonly #numbers = new Map<string, number>();
  readonly #words: string[] = [];
  /** Those of the transaction under way, which is not in memory before it is in the file for good. */
  readonly #added = new Map<string, number>();
  readonly #stemNumbers = new Map<string, number>();
  #stems = new Uint32Array(0);
  #passages = new Uint32Array(0);
  readonly #isStop: boolean[] = [];
  readonly #stopStems = new Set<number>();
  readonly #speller = new Speller();
  /** One word of each stem, by the stem. */
  readonly #stemSpeller = new Speller();
  readonly #statements: ReturnType<typeof prepare>;

  constructor(db: Database.Database) {
    this.#statements = prepare(db);
  }

  /** To be called at the beginning of a transaction with {@link numberOf} in it, when all before it is in memory. */
  begin(): void {
    this.#added.clear();
  }

  /** The number of a word, put into the file if it is new; to be called in the transaction that needs it. */
  numberOf(word: string): number {
    const known = this.#numbers.get(word) ?? this.#added.get(word);
    if (known !== undefined) return known;
    const number = this.#words.length + this.#added.size;
    this.#statements.add.run(number, word);
    this.#added.set(word, number);
    return number;
  }

  /** Takes in what the file has more than the memory. */
  catchUp(): void {
    for (const { number, word } of this.#statements.after.iterate(this.#words.length - 1)) {
      this.#words[number] = word;
      this.#numbers.set(word, number);
      this.#stems = grown(this.#stems, number + 1);
      const stem = stemOf(word);
      const isNew = !this.#stemNumbers.has(stem);
      this.#stems[number] = this.#stemNumber(stem);
      if (isNew && isSpelt(word)) this.#stemSpeller.add(stem, number);
      this.#isStop[number] = isStopWord(word);
      if (isStopWord(word)) this.#stopStems.add(this.stem(number));
      if (isSpelt(word)) this.#speller.add(word, number);
    }
  }

  /** Counts a passage that has the word. */
  count(number: number): void {
    this.#passages = grown(this.#passages, number + 1);
    this.#passages[number] = (this.#passages[number] ?? 0) + 1;
  }

  /** @throws ChoirError `index_corrupt` if there is no such word */
  stem(number: number): number {
    if (number < this.#words.length) return this.#stems[number] ?? 0;
    throw new ChoirError("index_corrupt", `The knowledge base's file has lost its word ${number}: rebuild it.`);
  }

  isStop(number: number): boolean {
    return this.#isStop[number] ?? false;
  }

  isStopStem(stem: number): boolean {
    return this.#stopStems.has(stem);
  }

  /** The number of the stem of any word; undefined if no passage has it in any form. */
  stemOfWord(word: string): number | undefined {
    return this.#stemNumbers.get(stemOf(word));
  }

  /**
   * The words nearest to one in spelling, the most common first; none for a word that is too short to tell. Where none is near enough,
   * those with the nearest stem: a small collection has a word in one form, and the slip is in another.
   */
  nearest(word: string): string[] {
    if (allowedEdits(word) === 0 || !isSpelt(word)) return [];
    const byCommonness = (a: number, b: number) => (this.#passages[b] ?? 0) - (this.#passages[a] ?? 0) || a - b;
    const near = this.#speller.nearest(word);
    return (near.length > 0 ? near : this.#stemSpeller.nearest(stemOf(word)))
      .sort(byCommonness)
      .slice(0, MOST_NEAREST)
      .map((number) => this.#words[number] ?? "");
  }

  #stemNumber(stem: string): number {
    const known = this.#stemNumbers.get(stem);
    if (known !== undefined) return known;
    const next = this.#stemNumbers.size;
    this.#stemNumbers.set(stem, next);
    return next;
  }
}

function prepare(db: Database.Database) {
  return {
    add: db.prepare<[number, string]>("INSERT INTO lexicon (number, word) VALUES (?, ?)"),
    after: db.prepare<[number], { number: number; word: string }>(
      "SELECT number, word FROM lexicon WHERE number > ? ORDER BY number",
    ),
  };
}
