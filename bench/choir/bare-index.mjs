// The rival: FTS5 and sqlite-vec as their documents show them, one query each, joined by reciprocal ranks; no filters, no corrections.
import { createRequire } from "node:module";

const choir = createRequire(new URL("../../packages/choir/package.json", import.meta.url));
const Database = choir("better-sqlite3");
const sqliteVec = choir("sqlite-vec");

export class BareIndex {
  #db;
  #addText;
  #addVector;
  #byWords;
  #byVector;
  #next = 1n;

  constructor(path, dimensions) {
    this.#db = new Database(path);
    sqliteVec.load(this.#db);
    this.#db.pragma("journal_mode = WAL");
    this.#db.pragma("synchronous = NORMAL");
    this.#db.exec(`CREATE VIRTUAL TABLE IF NOT EXISTS texts USING fts5 (title, text, tokenize = 'porter unicode61');
      CREATE VIRTUAL TABLE IF NOT EXISTS vectors USING vec0 (embedding int8[${dimensions}] distance_metric=cosine);`);
    this.#addText = this.#db.prepare("INSERT INTO texts (rowid, title, text) VALUES (?, ?, ?)");
    this.#addVector = this.#db.prepare("INSERT INTO vectors (rowid, embedding) VALUES (?, vec_int8(?))");
    this.#byWords = this.#db.prepare("SELECT rowid AS id FROM texts WHERE texts MATCH ? ORDER BY rank LIMIT 50");
    this.#byVector = this.#db.prepare(
      "SELECT rowid AS id FROM vectors WHERE embedding MATCH vec_int8(?) AND k = 50 ORDER BY distance",
    );
  }

  add({ title, passages }) {
    this.#db.transaction(() => {
      for (const { text, vector } of passages) {
        this.#addText.run(this.#next, title, text);
        this.#addVector.run(this.#next++, Buffer.from(vector));
      }
    })();
  }

  query(words, vector) {
    const scores = new Map();
    const match = words.map((word) => `"${word}"`).join(" OR ");
    for (const list of [this.#byWords.all(match), this.#byVector.all(Buffer.from(vector))]) {
      for (const [place, { id }] of list.entries()) scores.set(id, (scores.get(id) ?? 0) + 1 / (60 + place + 1));
    }
    return [...scores].sort(([, a], [, b]) => b - a).slice(0, 10);
  }

  close() {
    this.#db.close();
  }
}
