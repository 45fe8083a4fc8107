import type { AgentCitations } from "@vibewriter/agent/host";
import { type Article, type Choir, ChoirError, type Signer } from "@vibewriter/choir";
import { Hono } from "hono";
import { Cite, Retract } from "../articles/api.js";
import type { AuthorService } from "./authors.js";
import { readBody } from "./http.js";

/** `/v1/articles/:id/...`: what only its author can do, signed with a key of this home. */
export function ownArticleRoutes(
  choir: () => Choir,
  authors: () => AuthorService,
  agentCitations: () => Pick<AgentCitations, "permit">,
): Hono {
  const app = new Hono();
  app.post("/:id/retraction", async (c) => {
    const { reason } = await readBody(c, Retract);
    const article = await choir().get(c.req.param("id"));
    const { first } = await choir().retract({ article: article.id, reason }, await signerOf(article, authors()));
    return c.json({ article: article.id, first });
  });
  app.post("/:id/citations", async (c) => {
    const { askedBy, ...citation } = await readBody(c, Cite);
    const [citing, cited] = [await choir().get(c.req.param("id")), await choir().get(citation.cited)];
    const signer = await signerOf(citing, authors());
    if (askedBy === "agent") {
      const others = citing.citations.filter(({ article }) => article !== cited.id).length;
      await agentCitations().permit({ ...citation, citing: citing.id, cited: cited.id, others });
    }
    const { first, count } = await choir().cite({ ...citation, citing: citing.id, cited: cited.id }, signer);
    return c.json({ citing: citing.id, cited: cited.id, first, count });
  });
  return app;
}

async function signerOf({ id, author, authorKey }: Article, authors: AuthorService): Promise<Signer> {
  const signer = authorKey === undefined ? undefined : await authors.signer(authorKey);
  if (signer !== undefined) return signer;
  const what = authorKey === undefined ? "is of an earlier release and unsigned" : `is by ${author} (${authorKey})`;
  throw new ChoirError(
    "not_author",
    `Article ${id} ${what}, and the key is not in this home; see vibewriter author list and author import.`,
  );
}
