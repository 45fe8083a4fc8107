import { citationAnswer, RECKONED } from "@vibewriter/choir";
import { tool } from "langchain";
import { z } from "zod";
import { citeArticle } from "../publishing/cite.js";
import type { ToolContext } from "./context.js";

/** `cite_article`: gives another author credit for an article that the report uses. */
export function citeArticleTool(context: ToolContext) {
  return tool(
    async ({ article_id, context: reason, passage }) => {
      const { articleId, title, author, recorded } = await citeArticle(
        context,
        article_id.replace(/^choir:/, ""),
        reason,
        passage,
      );
      const note = recorded ? RECKONED : "It will be recorded when the report is published.";
      return JSON.stringify(citationAnswer({ id: articleId, title, author }, note));
    },
    {
      name: "cite_article",
      description:
        "Records that this run's report builds on a Choir article, so that its author gets the credit. Only for articles that the report " +
        "uses as a source; each counts once. author_rewarded is in USDC, 0 until the month's end. Returns {citation_text, author_rewarded, article_url}.",
      schema: z.object({
        article_id: z.string().trim().min(1).max(100).describe("The article's id"),
        context: z.string().trim().min(1).max(4_000).describe("What it is cited for, in a sentence"),
        passage: z
          .string()
          .trim()
          .min(1)
          .max(4_000)
          .optional()
          .describe("Words of the article on which that rests, exactly as it has them"),
      }),
    },
  );
}
