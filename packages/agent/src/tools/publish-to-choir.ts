import { interrupt } from "@langchain/langgraph";
import { tool } from "langchain";
import { z } from "zod";
import { PUBLISH_TOOL, publishDraft } from "../publishing/publish.js";
import type { ToolContext } from "./context.js";

const NO_CHIP = "CHIP does not exist yet: nothing was staked or paid.";

/** `publish_to_choir`: the one way out for a report. */
export function publishToChoir(context: ToolContext) {
  return tool(
    async ({ filepath }) => {
      const published = await publishDraft(context, filepath, (question) => {
        interrupt(question);
      });
      return JSON.stringify({
        article_id: published.articleId,
        novelty_score: published.noveltyScore,
        chip_staked: 0,
        chip_rewarded: 0,
        net_chip: 0,
        note: published.first ? NO_CHIP : `This very text had been published as this article. ${NO_CHIP}`,
        url: `choir:${published.articleId}`,
        to_cite: published.toCite.map(({ articleId, title, context: said }) => ({
          article_id: articleId,
          title,
          context: said,
        })),
      });
    },
    {
      name: PUBLISH_TOOL,
      description:
        "Publishes a checked draft to the Choir knowledge base; its title is its first H1. Refused without a passing verify_citations of " +
        "exactly this text, below a rate of 0.9, without a citation, or without a person's approval, which it asks for itself. Returns " +
        "{article_id, novelty_score, chip_staked, chip_rewarded, net_chip, url, to_cite}; cite every article in to_cite with cite_article.",
      schema: z.object({ filepath: z.string().min(1).max(4_096).describe("Absolute path of the draft in the VM") }),
    },
  );
}
