import { tool } from "langchain";
import { z } from "zod";
import { visibleText } from "../sanitize.js";
import { markOfSearch } from "../taint/origin.js";
import { checkQuery, LONGEST_QUERY } from "../taint/search-query.js";
import type { ToolContext } from "./context.js";

const PREVIEW_CHARS = 500;

/** `search_choir_kb`: what others have published on a subject. */
export function searchChoirKb(context: ToolContext) {
  return tool(
    async ({ query, limit }) => {
      checkQuery(context, query);
      context.taint.saw(markOfSearch("choir", query));
      return await context.answers.of("search_choir_kb", { query, limit }, async () => {
        // A run that repeats another one knows what there was then, and nothing of what was published since.
        const found = context.replays === undefined ? await context.choir.search(query, { limit }) : [];
        const articles = found.map(
          ({ article_id, title, author, similarity, content_preview, cited_by, degraded }) => ({
            article_id,
            title: visibleText(title),
            author: visibleText(author),
            similarity: Number(similarity.toFixed(3)),
            content_preview: visibleText(content_preview).slice(0, PREVIEW_CHARS),
            cited_by,
            ...(degraded !== undefined && { degraded }),
          }),
        );
        return { text: JSON.stringify(articles), isWhole: true };
      });
    },
    {
      name: "search_choir_kb",
      description:
        "Searches the Choir knowledge base for published articles. Returns [{article_id, title, author, similarity, content_preview, cited_by, degraded?}]. " +
        'To use one, read it with read_source("choir:<article_id>") and cite it by its source id like any other source.',
      schema: z.object({
        query: z.string().trim().min(1).max(LONGEST_QUERY).describe("What to look for, in words"),
        limit: z.int().min(1).max(20).default(5).describe("Articles at most"),
      }),
    },
  );
}
