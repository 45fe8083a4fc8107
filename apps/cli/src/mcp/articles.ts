import { type McpServer, ResourceTemplate } from "@modelcontextprotocol/sdk/server/mcp.js";
import { plain, plainLines } from "../escape.js";
import type { McpContext } from "./context.js";
import { idOf } from "./ids.js";

const MOST_LISTED = 100;

/** `choir://article/<id>`: the articles as Markdown, without what nobody could see in it. The newest are listed. */
export function addArticles(server: McpServer, { connect }: McpContext): void {
  const list = async () => {
    const newest = await (await connect()).articles({ most: MOST_LISTED });
    const standing = newest.filter(({ retracted }) => retracted === undefined);
    return {
      resources: standing.map(({ id, title, author }) => ({
        uri: `choir://article/${id}`,
        name: plain(title),
        description: `by ${plain(author)}`,
        mimeType: "text/markdown",
      })),
    };
  };
  server.registerResource(
    "article",
    new ResourceTemplate("choir://article/{id}", { list }),
    {
      description: "An article of the Choir, by its id; <id>@<version> for an earlier version.",
      mimeType: "text/markdown",
    },
    async (uri, { id }) => {
      const article = await (await connect()).article(idOf(decodeURIComponent(String(id))));
      return { contents: [{ uri: uri.href, mimeType: "text/markdown", text: plainLines(article.markdown) }] };
    },
  );
}
