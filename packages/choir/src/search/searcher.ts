import type Database from "better-sqlite3";
import { publicationSchema } from "../articles/article.js";
import { DenseIndex } from "./dense-index.js";
import { fuse } from "./rank.js";
import { allowedEdits, nearestWords } from "./spelling.js";

/** A result of the `search_choir_kb` tool. */
export interface SearchResult {
  article_id: string;
  title: string;
  author: string;
  /** Cosine of the question and the passage shown, 0-1. The order is that of both lists together, not of this. */
  similarity: number;
  /** The best passage, at most 500 characters. */
  content_preview: string;
  /** `lexical`: the vectors see spelling, not meaning. */
  mode: "lexical" | "semantic";
  /** Offsets of the passage in the article's Markdown. */
  passage: { start: number; end: number };
}

export interface StoreQuery {
  /** FTS5 expression; undefined for a question without words. */
  match: string | undefined;
  vector: Int8Array;
  limit: number;
  /** Cosines that count as nothing in common. */
  floor: number;
}

const PREVIEW = 500;

interface PassageRow {
  article: number;
  text: string;
  start: number;
  end: number;
}

/** Hybrid search: the word index and the vectors each give a list, reciprocal rank fusion makes one of them. */
export class StoreSearcher {
  readonly #mode: SearchResult["mode"];
  readonly #dense: DenseIndex;
  readonly #statements: ReturnType<typeof prepare>;

  constructor(db: Database.Database, mode: SearchResult["mode"]) {
    this.#mode = mode;
    this.#dense = new DenseIndex(db);
    this.#statements = prepare(db);
  }

  /** For each word that no passage has, in no form: the words nearest to it in spelling. */
  corrections(asked: readonly string[]): Record<string, string[]> {
    const found: Record<string, string[]> = {};
    for (const word of asked) {
      const edits = allowedEdits(word);
      if (edits === 0 || this.#statements.words.get(`"${word}"`, 1)) continue;
      const near = this.#statements.vocabulary.all(word.length - edits, word.length + edits);
      const nearest = nearestWords(
        word,
        near.map((row) => row.word),
      );
      if (nearest.length > 0) found[word] = nearest;
    }
    return found;
  }

  search({ match, vector, limit, floor }: StoreQuery): SearchResult[] {
    // Several passages of one article may stand before the next article.
    const depth = Math.min(500, Math.max(60, limit * 10));
    const byWords = match === undefined ? [] : this.#statements.words.all(match, depth).map(({ id }) => id);
    const near = this.#dense.nearest(vector, depth);
    const close = near.filter(({ similarity }) => similarity > floor).map(({ id }) => id);

    const rows = new Map<number, PassageRow>();
    for (const id of [...byWords, ...close]) {
      const row = this.#statements.passage.get(id);
      if (row) rows.set(id, row);
    }
    const articleOf = (passage: number) => rows.get(passage)?.article ?? 0;
    return fuse([byWords, close], articleOf)
      .slice(0, limit)
      .flatMap(({ group, best }) => {
        const [article, passage] = [this.#statements.article.get(group), rows.get(best)];
        if (!article || !passage) return [];
        const { id, title, author } = publicationSchema.parse(JSON.parse(article.publication));
        return {
          article_id: id,
          title,
          author,
          similarity: Math.round(Math.max(0, this.#dense.similarity(best, vector)) * 1000) / 1000,
          content_preview: preview(passage.text),
          mode: this.#mode,
          passage: { start: passage.start, end: passage.end },
        };
      });
  }
}

function preview(text: string): string {
  const flat = text.replace(/\s+/g, " ").trim();
  if (flat.length <= PREVIEW) return flat;
  const cut = flat.slice(0, PREVIEW - 1);
  const space = cut.lastIndexOf(" ");
  // Without a space near the end (other scripts, data) it is cut anywhere but inside a character.
  return `${(space > PREVIEW / 2 ? cut.slice(0, space) : cut).replace(/[\uD800-\uDBFF]$/, "")}…`;
}

function prepare(db: Database.Database) {
  return {
    words: db.prepare<[string, number], { id: number }>(
      "SELECT rowid AS id FROM words WHERE words MATCH ? ORDER BY rank LIMIT ?",
    ),
    vocabulary: db.prepare<[number, number], { word: string }>(
      "SELECT word FROM vocabulary WHERE length(word) BETWEEN ? AND ? ORDER BY passages DESC, word",
    ),
    passage: db.prepare<[number], PassageRow>("SELECT article, text, start, end FROM passages WHERE id = ?"),
    article: db.prepare<[number], { publication: string }>("SELECT publication FROM articles WHERE seq = ?"),
  };
}
