import type { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { CiteArguments } from "@vibewriter/agent/runs";
import { citationAnswer, RECKONED } from "@vibewriter/choir";
import type { VibewriterClient } from "@vibewriter/server";
import { z } from "zod";
import { plain } from "../escape.js";
import { answer, Refusal } from "./answer.js";
import type { McpContext } from "./context.js";
import { articleId, idOf } from "./ids.js";

/** `cite_article`, as the agent has it; a run knows its report, here the citing article is named. */
export function addCite(server: McpServer, { connect, onTrouble }: McpContext): void {
  server.registerTool(
    "cite_article",
    {
      title: "Cite an article",
      description:
        "Records that a published article of this home's authors builds on another author's, so that they get the credit. Only for what the " +
        "citing article has among its sources, each once, and as far as the policy of this home lets agents; publish_to_choir has cited what its draft " +
        "uses already.",
      inputSchema: {
        article_id: articleId.describe("The id of the article that is cited"),
        context: CiteArguments.shape.context,
        citing_article_id: articleId.describe("The id of the article that cites it"),
        passage: CiteArguments.shape.passage,
      },
      outputSchema: {
        citation_text: z.string(),
        author_rewarded: z.number().describe("USDC; 0 until the month's end"),
        article_url: z.string(),
        note: z.string(),
      },
      annotations: { destructiveHint: false, idempotentHint: true, openWorldHint: false },
    },
    ({ article_id, context: claim, citing_article_id, passage }) =>
      answer(async () => {
        const client = await connect();
        const cited = await client.article(idOf(article_id));
        const citing = await requireUse(client, idOf(citing_article_id), cited.id);
        const { first } = await client.ownArticles.cite(citing, { cited: cited.id, claim, passage, askedBy: "agent" });
        const note = first ? RECKONED : "It had been cited before, and that citation stands as it was made.";
        return citationAnswer({ id: cited.id, title: plain(cited.title), author: plain(cited.author) }, note);
      }, onTrouble),
  );
}

/** The id of the citing article, of which the cited one has to be a source. */
async function requireUse(client: VibewriterClient, citing: string, cited: string): Promise<string> {
  const { id, sources } = await client.article(citing);
  if (sources.every(({ uri }) => uri !== `choir:${cited}`)) {
    throw new Refusal(
      "not_used",
      `Article ${id} does not have article ${cited} among its sources, so it does not cite it.`,
    );
  }
  return id;
}
