import type { CitedPassage } from "../citations/citation.js";
import type { ArticleSource, Imported } from "./article.js";

export interface ArticleSummary {
  id: string;
  /** SHA-256 of the content of the version that this is. */
  version: string;
  title: string;
  author: string;
  /** The author's public key; absent: unsigned, of an earlier release. */
  authorKey?: string;
  tags: string[];
  /** BCP 47, where it is known. */
  language?: string;
  /** SPDX expression; absent: the author states none. */
  licence?: string;
  /** When this version was published. */
  createdAt: string;
  /** 0-100, one decimal. */
  noveltyScore: number;
  /** Number of articles that cite it, in whatever version, and stand. */
  citedBy: number;
  /** Taken in from elsewhere: nobody has checked it here, and nothing is paid for it. */
  imported?: Imported;
  /** The author has taken it back, all versions of it. */
  retracted?: { reason: string; at: string };
}

/** A version among those of its article. */
export interface ArticleVersion {
  version: string;
  title: string;
  createdAt: string;
  noveltyScore: number;
}

/** What an article cites. */
export interface ArticleCitation {
  article: string;
  /** Absent, as `passage` may be, in what an earlier release has written. */
  version?: string;
  /** What it is cited for. */
  claim: string;
  passage?: CitedPassage;
}

/** One version of an article: what was published, and what became of it. */
export interface Article extends ArticleSummary {
  agent?: string;
  run?: string;
  /** The version that this one replaced. */
  revises?: string;
  /** All versions, the one that stands last. */
  versions: ArticleVersion[];
  sources: ArticleSource[];
  /** What the article cites, whichever version said so. */
  citations: ArticleCitation[];
  markdown: string;
  /** Position of this version's publication in the stream. */
  seq: number;
}

/** A part of the list of articles. */
export interface ArticlePage {
  limit: number;
  /** The last article of the page before; absent: from the newest on. */
  before?: string;
}
