import type Database from "better-sqlite3";
import { publicationSchema } from "../articles/article.js";
import { placesOf, type Span, windowOf } from "./highlight.js";
import type { IndexHit } from "./knowledge-index.js";

/** A result of the `search_choir_kb` tool. */
export interface SearchResult {
  article_id: string;
  title: string;
  author: string;
  /** The author's public key; absent: unsigned, of an earlier release. */
  author_key?: string;
  /** Cosine of the question and the passage shown, 0-1. The order is that of both lists together, not of this. */
  similarity: number;
  /**
   * What of the best passage has the most of the question's words, at most 500 characters: the Markdown of `preview` with its
   * white space as spaces and "…" where it was cut.
   */
  content_preview: string;
  /** `lexical`: the vectors see spelling, not meaning. */
  mode: "lexical" | "semantic";
  /** How many articles cite it and stand. */
  cited_by: number;
  /**
   * What the search had to do without. `words_only`: the embedder did not answer. `other_index`: Qdrant did not, or is behind, and the
   * file of this machine answered.
   */
  degraded?: Degradation;
  /** Offsets of the passage in the article's Markdown; empty for headings that nothing follows. */
  passage: Span;
  /** Offsets in the article's Markdown of what `content_preview` shows. */
  preview: Span;
  /** Where in it the words of the question stand, in any form, as offsets in the article's Markdown. */
  highlights: Span[];
}

export type Degradation = "words_only" | "other_index";

const PREVIEW = 500;

/** Makes results of hits: what an index cannot know of an article, and where in it the words of the question are. */
export class SearchResults {
  readonly #mode: SearchResult["mode"];
  readonly #article: Database.Statement<[string], { publication: string; markdown: string; citedBy: number }>;

  constructor(db: Database.Database, mode: SearchResult["mode"]) {
    this.#mode = mode;
    this.#article = db.prepare(
      `SELECT publication, markdown, (SELECT count(*) FROM citations WHERE cited = id AND fallen IS NULL) AS citedBy
       FROM articles WHERE id = ?`,
    );
  }

  /** An index that is ahead or behind may have hits that the file does not know: they are left out. */
  of(hits: readonly IndexHit[], words: readonly string[]): SearchResult[] {
    return hits.flatMap((hit) => {
      const row = this.#article.get(hit.article);
      if (!row) return [];
      const { title, author, authorKey } = publicationSchema.parse(JSON.parse(row.publication));
      const { article, similarity, start, end } = hit;
      return [
        {
          article_id: article,
          title,
          author,
          ...(authorKey !== undefined && { author_key: authorKey }),
          similarity: Math.round(similarity * 1000) / 1000,
          mode: this.#mode,
          cited_by: row.citedBy,
          passage: { start, end },
          ...excerpt(row.markdown, hit, words),
        },
      ];
    });
  }
}

function excerpt(
  markdown: string,
  { start, end, text }: IndexHit,
  words: readonly string[],
): Pick<SearchResult, "content_preview" | "preview" | "highlights"> {
  // Headings that nothing follows have no place of their own.
  if (start === end) {
    return { content_preview: text.replace(/\s/g, " ").slice(0, PREVIEW), preview: { start, end }, highlights: [] };
  }
  const passage = markdown.slice(start, end);
  const places = placesOf(words, passage);
  const shown = windowOf(passage, places, PREVIEW - 2);
  const [front, back] = [shown.start > 0 ? "…" : "", shown.end < passage.length ? "…" : ""];
  return {
    content_preview: front + passage.slice(shown.start, shown.end).replace(/\s/g, " ") + back,
    preview: { start: start + shown.start, end: start + shown.end },
    highlights: places
      .filter((place) => place.start >= shown.start && place.end <= shown.end)
      .map((place) => ({ start: start + place.start, end: start + place.end })),
  };
}
