import type { ExportedArticle } from "../../src/exports/exported-article.js";

/** An article to export, the same for the same text. */
export const exported = (markdown: string, over: Partial<ExportedArticle["article"]> = {}): ExportedArticle => ({
  article: {
    ...{
      id: "a".repeat(24),
      version: "b".repeat(64),
      title: "Spring tides",
      author: "Ada & Co",
      authorKey: "k".repeat(43),
    },
    ...{ tags: ["tides"], language: "en", licence: "CC-BY-4.0", createdAt: "2026-01-02T03:04:05.000Z" },
    ...{ noveltyScore: 50, citedBy: 0, versions: [], seq: 7, markdown },
    sources: [{ id: "S1", uri: "https://example.org/moon", sha256: "c".repeat(64) }],
    citations: [{ article: "d".repeat(24), claim: "The range doubles." }],
    ...over,
  },
  cited: { ["d".repeat(24)]: { title: "Neap tides", author: "Bob" } },
});
