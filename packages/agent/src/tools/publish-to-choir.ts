import { formatAmount, outcomeText } from "@vibewriter/choir";
import { tool } from "langchain";
import { rootError } from "../errors.js";
import { PUBLISH_TOOL, PublishArguments } from "../policy/arguments.js";
import { askInGraph } from "../policy/ask.js";
import { editNote } from "../policy/edits.js";
import { publishDraft } from "../publishing/publish.js";
import { markOf } from "../taint/origin.js";
import type { ToolContext } from "./context.js";

/** `publish_to_choir`: the one way out for a report. */
export function publishToChoir(context: ToolContext) {
  return tool(
    async ({ filepath }) => {
      const published = await publishDraft(context, filepath, askInGraph);
      // Their titles are in their authors' words.
      context.taint.saw(...published.toCite.map(({ articleId }) => markOf("choir", `choir:${articleId}`)));
      const { note, ...chip } = await chipOf(context, published.articleId);
      const earlier = published.first ? "" : "This very text had been published as this article. ";
      return JSON.stringify({
        article_id: published.articleId,
        novelty_score: published.noveltyScore,
        ...chip,
        note: `${editNote(published.edited)}${earlier}${note}`,
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
      schema: PublishArguments,
    },
  );
}

/** What the ledger says of an article, in CHIP. A ledger that cannot be asked does not undo what was published. */
async function chipOf({ ledger }: ToolContext, article: string) {
  const nothing = { chip_staked: 0, chip_rewarded: 0, net_chip: 0 };
  if (!ledger) return { ...nothing, note: "The ledger of this knowledge base is kept elsewhere." };
  try {
    const outcome = await ledger.article(article);
    const { staked = 0n, rewarded = 0n } = outcome ?? {};
    return {
      chip_staked: Number(formatAmount(staked, "CHIP")),
      chip_rewarded: Number(formatAmount(rewarded, "CHIP")),
      net_chip: Number(formatAmount(rewarded - staked, "CHIP")),
      note: outcomeText(outcome),
    };
  } catch (error) {
    return {
      ...nothing,
      note: `The ledger could not be asked (${rootError(error).message}); see vibewriter ledger history.`,
    };
  }
}
