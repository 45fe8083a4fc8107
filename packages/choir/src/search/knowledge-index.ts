/**
 * Where passages are kept and found: by their words, by their vectors, by both. One file a backend, one suite of tests
 * for all of them (`test/search/conformance.ts`). An index is a projection: what it holds can be made again from the
 * articles, and nothing else may be kept in it.
 *
 * Texts and questions come with their vectors: which embedder made them is the caller's business, and all vectors of one
 * index are of one model and one length.
 */
export interface KnowledgeIndex extends AsyncDisposable {
  /**
   * Puts an article in, in place of the version that is there; does nothing if that one is as late or later. It is found
   * when the promise resolves.
   */
  add(article: IndexedArticle): Promise<void>;

  /** Takes an article out; does nothing if it is not there. Only a later version brings it back. */
  remove(article: string): Promise<void>;

  /** The articles that answer a question best, best first, each at most once; the same ones for the same contents. */
  query(query: IndexQuery): Promise<IndexHit[]>;

  stats(): Promise<IndexStats>;
}

export interface IndexedArticle {
  id: string;
  /** Position of this version in the stream: of two versions the one with the higher number stands. */
  seq: number;
  title: string;
  /** The author's public key. */
  author: string;
  tags: readonly string[];
  /** BCP 47. */
  language?: string;
  /** ISO 8601, UTC. */
  publishedAt: string;
  /** In the order of the text, numbered from 0 by their place. */
  passages: readonly IndexedPassage[];
}

export interface IndexedPassage {
  heading: string;
  text: string;
  /** Offsets in the article's Markdown. */
  start: number;
  end: number;
  /** All zeros for a passage without words: it has no neighbours. */
  vector: Int8Array;
}

export interface IndexQuery {
  /** Empty: only the vectors are looked at. */
  words: readonly WeightedWord[];
  /** Absent: only the words are looked at. */
  vector?: Int8Array;
  /** Cosines at or below this are what unrelated texts have, and find nothing. */
  floor: number;
  /** What the best of the vectors counts beside the best of the words (1), see {@link fuse}. */
  vectorWeight: number;
  filter?: IndexFilter;
  /** Articles, at least 1. */
  limit: number;
}

/** A word of a question, as {@link queryWords} gives it; 1 is the weight of a word that was written like this. */
export interface WeightedWord {
  word: string;
  weight: number;
}

/** What an article must be; all that is named must hold. */
export interface IndexFilter {
  /** The author's public key. */
  author?: string;
  tag?: string;
  /** BCP 47: `pt` takes `pt-BR` in, too. */
  language?: string;
  /** ISO 8601, UTC: published at this moment or later. */
  since?: string;
  /** ISO 8601, UTC: published before this moment. */
  until?: string;
  /** One of these. */
  articles?: readonly string[];
}

export interface IndexHit {
  article: string;
  /** Number of the passage that answers best. */
  passage: number;
  text: string;
  start: number;
  end: number;
  /** What the order is by; comparable within one answer only. */
  score: number;
  /** Cosine of the question and the passage, 0-1; 0 without a vector. */
  similarity: number;
}

export interface IndexStats {
  /** Articles that can be found. */
  articles: number;
  /** Passages of theirs. */
  passages: number;
}
