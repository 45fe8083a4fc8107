import type { CitedPassage } from "../citation.js";

/** What the citation graph says. Citations count while both articles stand. */

/** An article of the graph. */
export interface GraphArticle {
  id: string;
  title: string;
  author: string;
  /** Absent: unsigned, of an earlier release. */
  authorKey?: string;
  /** Number of articles that cite it. */
  citedBy: number;
  retracted: boolean;
}

/** One citation, seen from one of its two articles. */
export interface GraphCitation {
  /** The other one. */
  article: GraphArticle;
  /** What it is cited for. */
  claim: string;
  /** Words of the cited version on which that rests. */
  passage?: CitedPassage;
  /** Absent in what an earlier release has written. */
  citingVersion?: string;
  citedVersion?: string;
  /** Position in the stream. */
  seq: number;
}

/** How an article stands in the graph. */
export interface CitationCounts {
  /** Articles that it cites, and that cite it. */
  cites: number;
  citedBy: number;
  /** The same over any number of steps. */
  citesInAll: number;
  citedByInAll: number;
  /** `citedBy`, each by the trust in its author; see TrustWeights. */
  trusted: number;
}

export interface CitationPage {
  article: GraphArticle;
  counts: CitationCounts;
  /** The newest first. */
  citations: GraphCitation[];
  /** `seq` to ask for what comes behind this page with; absent: it is the last one. */
  before?: number;
}

export interface CitationChains {
  articles: GraphArticle[];
  /** Ids, from the article that was asked about on. */
  chains: string[][];
  /** There are more. */
  truncated: boolean;
}

export interface CitationPath {
  /** From the one that cites to the one that is cited; empty: no chain in either direction. */
  path: GraphArticle[];
  /** What each article cites the next one for. */
  claims: string[];
}

/** See `Relation`. */
export interface RelatedArticle {
  article: GraphArticle;
  shared: number;
  strength: number;
}

export interface RelatedArticles {
  article: GraphArticle;
  /** Cited together with it. */
  coCited: RelatedArticle[];
  /** Citing what it cites. */
  coupled: RelatedArticle[];
}

export interface CitationGraph {
  /** The article that was asked about; absent for the whole graph. */
  center?: string;
  articles: GraphArticle[];
  /** All citations among them. */
  citations: { citing: string; cited: string }[];
  /** There are more articles than these. */
  truncated: boolean;
}
