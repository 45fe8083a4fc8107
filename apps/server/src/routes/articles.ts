import type { Choir } from "@vibewriter/choir";
import { Hono } from "hono";
import { z } from "zod";
import { LONGEST_QUESTION, MOST_LISTED, SearchFilter } from "../api.js";
import { parse } from "../parse.js";

const Query = SearchFilter.extend({ query: z.string().trim().min(1).max(LONGEST_QUESTION) });
const Page = z.object({
  limit: z.coerce.number().int().min(1).max(MOST_LISTED).default(100),
  before: z.string().max(100).optional(),
});

/** `/v1/articles`: list, search, read. A person's own draft is published by a run of the kind `publish`. */
export function articleRoutes(choir: () => Choir): Hono {
  const app = new Hono();
  app.get("/", async (c) => {
    if (c.req.query("query") === undefined) {
      return c.json({ articles: await choir().list(parse(Page, c.req.query())) });
    }
    const { query, ...o } = parse(Query, c.req.query());
    return c.json({ hits: await choir().search(query, o) });
  });
  app.get("/:id", async (c) => c.json({ article: await choir().get(c.req.param("id")) }));
  return app;
}
