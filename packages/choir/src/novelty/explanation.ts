import type { NoveltyRecord } from "./novelty.js";

/** A part of an article, by its offsets in the Markdown, and what stands there, shortened. */
export interface Excerpt {
  start: number;
  end: number;
  text: string;
}

/** An article that something is like. */
export interface Origin {
  article: string;
  title: string;
  author: string;
}

/** The nearest earlier passage of a passage. */
export interface Closest {
  /** Number of the passage in its article, from 0. */
  passage: number;
  /** Cosine, 0-1. */
  similarity: number;
  here: Excerpt;
  /** Absent when the version that it stood in was replaced or retracted since. */
  there?: Excerpt & Origin;
}

/** A run of words that was published before, or that stands earlier in the article itself. */
export interface SharedRun {
  words: number;
  here: Excerpt;
  /** Where else; absent for what the article says twice. */
  there?: Excerpt & Origin;
}

/** What would raise a score: one sentence for a person, the one that would raise it most first. */
export interface Advice {
  code: "no_prose" | "little_prose" | "shared" | "repeated" | "close" | "incoherent" | "uneven";
  text: string;
}

/** How a novelty score came about. */
export interface NoveltyExplanation {
  record: NoveltyRecord;
  /** Means over the article's words, 0-1: how far it is from what was published, how much of it is not copied, how coherent it is. */
  parts: { distance: number; unshared: number; coherent: number };
  /** Words that a reader sees, and those of them that count as the author's own prose. */
  words: { all: number; own: number };
  /** The five passages that are nearest to earlier ones, nearest first. */
  closest: Closest[];
  /** The twenty longest runs. */
  shared: SharedRun[];
  /** How many words stand in such runs, in all. */
  sharedWords: number;
  advice: Advice[];
}
