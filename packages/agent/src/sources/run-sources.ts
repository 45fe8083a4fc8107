import type { SourceText } from "@vibewriter/evidence";

/** A snapshot of something that was read. */
export interface SourceInfo {
  /** `S3` */
  readonly id: string;
  readonly uri: string;
  readonly title: string;
  /** Of the raw bytes. */
  readonly sha256: string;
}

/** A snapshot's raw bytes: their key in the file store. */
export interface StoredSource extends SourceInfo {
  readonly mediaType: string;
  readonly key: string;
}

/** A passage that a search found; `offset` is its place in the source's text, in characters. */
export interface Passage {
  readonly source: string;
  readonly title: string;
  readonly uri: string;
  readonly offset: number;
  readonly text: string;
}

/** A part of a source's text. */
export interface SourcePage {
  readonly source: string;
  readonly title: string;
  readonly uri: string;
  readonly offset: number;
  /** Length of the whole text. */
  readonly chars: number;
  /** Where the next page begins; absent on the last. */
  readonly next?: number;
  readonly text: string;
}

/** A Choir article that the draft cites as a source. */
export interface UsedArticle {
  readonly articleId: string;
  readonly title: string;
  /** The first sentence that cites it. */
  readonly context: string;
}

/** What one run may read and has read. */
export interface RunSources {
  /** Every snapshot of the run. */
  all(): readonly SourceInfo[];
  /** The snapshots whose ids stand in a draft, in the order of their numbers. */
  cited(draft: string): readonly SourceInfo[];
  /** A page of a source, by its id, by a path or address that was given, or `choir:<article>`; reads it if it was not read yet. */
  page(source: string, offset: number): Promise<SourcePage>;
  /** The passages that answer a query best. */
  search(query: string, limit: number): Promise<readonly Passage[]>;
  /** The texts a draft is checked against. */
  texts(): Promise<SourceText[]>;
  /** The snapshot of a Choir article, if it was read. */
  article(articleId: string): SourceInfo | undefined;
  articlesUsed(draft: string): readonly UsedArticle[];
  /** Where the raw bytes of every snapshot lie in the file store. */
  files(): readonly StoredSource[];
}
