/** What becomes of a citation that stands, for whoever made it. */
export const RECKONED =
  "Citations are reckoned at the end of the month: what this one earns its author is in the ledger then.";

/** What `cite_article` answers, to an agent here as to others. */
export function citationAnswer({ id, title, author }: { id: string; title: string; author: string }, note: string) {
  return {
    citation_text: `${author}, “${title}”, Choir article ${id}`,
    // USDC; 0 until the month's end.
    author_rewarded: 0,
    note,
    article_url: `choir:${id}`,
  };
}
