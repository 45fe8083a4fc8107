import type { CslItem } from "./csl.js";

/** How a manual cites: numbers in brackets, authors and dates, authors alone, or notes. */
type CitationSystem = "numbers" | "author-date" | "author" | "notes";

/** What a reference of a list needs to know beside its item. */
export interface Place {
  /** `a`, `b`, …: of several works of one author in one year. */
  yearSuffix?: string;
}

/** One citation format. A format writes Markdown, and only from what it is given. */
export interface CitationStyle {
  system: CitationSystem;
  /** The heading of its list. */
  listTitle: string;
  /** Sorted by author and title; otherwise in the order of the text. */
  isSorted: boolean;
  /** The item as it stands in the list. */
  reference(item: CslItem, place: Place): string;
  /** Names of an item in running text, the first `names` of them, the others as et al. */
  authors(item: CslItem, names: number): string;
  /** How many names stand in running text before the others are et al.: with so many authors or fewer, all of them. */
  mostNames: number;
  /** For authors and dates: one work in its parenthesis. */
  inText?(label: string, item: CslItem, place: Place & { isSharedAuthor: boolean }): string;
  /** For notes: the first note on a work, and the later ones. */
  note?: { full(item: CslItem): string; short(item: CslItem): string };
}
