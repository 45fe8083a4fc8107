import type Database from "better-sqlite3";

/** For each version, by its sequence, the pairs of neighbouring words that few articles had before, and the article had not. */
export const BIGRAM_TABLES = "CREATE TABLE bigrams (seq INTEGER PRIMARY KEY, hashes BLOB NOT NULL);";

/** Articles that a pair of words is counted in; what is in so many is in use, and not counted on. */
const MOST_COUNTED = 8;

/**
 * Neighbouring words that have been published, as 32-bit hashes, and in how many articles: one in a thousand new pairs is
 * taken for an old one when there are four million. They are in memory, five bytes each in a table at most half full, and
 * read from the file when it is opened: looking each pair up in the file would take longer than all else that is done.
 */
export class Bigrams {
  readonly #statements: ReturnType<typeof prepare>;
  #memory = new PairCounts();
  /** The last article in memory. */
  #seq = 0;

  constructor(db: Database.Database) {
    this.#statements = prepare(db);
  }

  /** The pairs of a list of words in order, as hashes. */
  static of(words: readonly string[]): Uint32Array {
    return pairsOf(hashesOf(words));
  }

  /**
   * How many of these pairs have been published elsewhere than in some articles.
   * @param sources the pairs of each of these articles, as far as they have been read
   */
  seenBeyond(pairs: Uint32Array, sources: readonly ReadonlySet<number>[]): number {
    this.#catchUp();
    let seen = 0;
    for (let i = 0; i < pairs.length; i++) {
      const pair = pairs[i] ?? 0;
      const articles = this.#memory.count(pair);
      if (articles === 0) continue;
      if (articles >= MOST_COUNTED || articles > having(pair, sources)) seen++;
    }
    return seen;
  }

  /** Counts the pairs of a version among them, those that its article did not have before. */
  add(seq: number, pairs: Iterable<number>): void {
    this.#catchUp();
    const few = [...new Set(pairs)].filter((pair) => this.#memory.count(pair) < MOST_COUNTED);
    this.#statements.add.run(seq, Buffer.from(Uint32Array.from(few).buffer));
  }

  /** Memory follows the file, not the other way round: what a transaction takes back is never in it. */
  #catchUp(): void {
    const last = this.#statements.last.get()?.seq ?? 0;
    if (last < this.#seq) {
      this.#memory = new PairCounts();
      this.#seq = 0;
    }
    if (last === this.#seq) return;
    for (const { hashes } of this.#statements.after.iterate(this.#seq)) {
      for (let at = 0; at + 4 <= hashes.length; at += 4) this.#memory.add(hashes.readUInt32LE(at));
    }
    this.#seq = last;
  }
}

/** How many of these sets have a pair. */
function having(pair: number, sets: readonly ReadonlySet<number>[]): number {
  let count = 0;
  for (const set of sets) if (set.has(pair)) count++;
  return count;
}

/** In parts, since a table that grows is moved, and all of it at once would hold up the thread. */
class PairCounts {
  readonly #parts = Array.from({ length: 64 }, () => new HashCounts());

  count(pair: number): number {
    return this.#parts[pair >>> 26]?.count(pair) ?? 0;
  }

  add(pair: number): void {
    this.#parts[pair >>> 26]?.add(pair);
  }
}

/** How often each of many 32-bit numbers was added: open addressing; zero stands for an empty place (and is taken for 1). */
class HashCounts {
  #hashes = new Uint32Array(1 << 8);
  #counts = new Uint8Array(1 << 8);
  #size = 0;

  count(hash: number): number {
    return this.#counts[this.#placeOf(hash || 1)] ?? 0;
  }

  add(hash: number, times = 1): void {
    const place = this.#placeOf(hash || 1);
    if (this.#hashes[place] === 0) this.#size++;
    this.#hashes[place] = hash || 1;
    this.#counts[place] = Math.min(255, (this.#counts[place] ?? 0) + times);
    if (this.#size * 2 > this.#hashes.length) this.#grow();
  }

  #placeOf(hash: number): number {
    const mask = this.#hashes.length - 1;
    let place = hash & mask;
    while (this.#hashes[place] !== 0 && this.#hashes[place] !== hash) place = (place + 1) & mask;
    return place;
  }

  #grow(): void {
    const [hashes, counts] = [this.#hashes, this.#counts];
    this.#hashes = new Uint32Array(hashes.length * 2);
    this.#counts = new Uint8Array(hashes.length * 2);
    this.#size = 0;
    for (const [place, hash] of hashes.entries()) if (hash !== 0) this.add(hash, counts[place]);
  }
}

/** Words as 32-bit hashes: whoever shuffles them need not hash them again. */
export function hashesOf(words: readonly string[]): Int32Array {
  const hashes = new Int32Array(words.length);
  for (let i = 0; i < words.length; i++) hashes[i] = hash32(words[i] ?? "");
  return hashes;
}

/** The pairs of neighbours of a list of hashed words. */
export function pairsOf(words: Int32Array): Uint32Array {
  const pairs = new Uint32Array(Math.max(0, words.length - 1));
  for (let i = 0; i < pairs.length; i++) {
    pairs[i] = mixed(Math.imul(words[i] ?? 0, 0x9e3779b1) ^ (words[i + 1] ?? 0));
  }
  return pairs;
}

function hash32(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash;
}

/** Spreads the bits (the finaliser of MurmurHash3, public domain). */
function mixed(hash: number): number {
  hash ^= hash >>> 16;
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

function prepare(db: Database.Database) {
  return {
    add: db.prepare<[number, Buffer]>("INSERT INTO bigrams (seq, hashes) VALUES (?, ?)"),
    last: db.prepare<[], { seq: number | null }>("SELECT max(seq) AS seq FROM bigrams"),
    after: db.prepare<[number], { hashes: Buffer }>("SELECT hashes FROM bigrams WHERE seq > ? ORDER BY seq"),
  };
}
