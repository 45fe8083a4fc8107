import { citationAnswer, RECKONED } from "@vibewriter/choir";
import { tool } from "langchain";
import { CITE_TOOL, CiteArguments } from "../policy/arguments.js";
import { askInGraph } from "../policy/ask.js";
import { editNote } from "../policy/edits.js";
import { citeArticle } from "../publishing/cite.js";
import { markOf } from "../taint/origin.js";
import { keepSecrets } from "../taint/output-filter.js";
import type { ToolContext } from "./context.js";

/** `cite_article`: gives another author credit for an article that the report uses. */
export function citeArticleTool(context: ToolContext) {
  return tool(
    async ({ article_id, context: reason, passage }) => {
      keepSecrets(context, "context of a citation", reason);
      keepSecrets(context, "passage of a citation", passage ?? "");
      const args = { article_id: article_id.replace(/^choir:/, ""), context: reason, passage };
      const { articleId, title, author, recorded, edited } = await citeArticle(context, args, askInGraph);
      // Title and name are in their author's words.
      context.taint.saw(markOf("choir", `choir:${articleId}`));
      const note = recorded ? RECKONED : "It will be recorded when the report is published.";
      return JSON.stringify(citationAnswer({ id: articleId, title, author }, `${editNote(edited)}${note}`));
    },
    {
      name: CITE_TOOL,
      description:
        "Records that this run's report builds on a Choir article, so that its author gets the credit. Only for articles that the report " +
        "uses as a source; each counts once, and above the budget of the run a person is asked. author_rewarded is in USDC, 0 until the month's end. Returns {citation_text, author_rewarded, article_url}.",
      schema: CiteArguments,
    },
  );
}
