import type { Choir } from "@vibewriter/choir";
import { Hono } from "hono";
import { z } from "zod";
import { parse } from "../parse.js";

const Query = z.object({
  query: z.string().trim().min(1).max(2_000).optional(),
  limit: z.coerce.number().int().min(1).max(50).default(5),
});

/** `/v1/articles`: list, search, read. A person's own draft is published by a run of the kind `publish`. */
export function articleRoutes(choir: () => Choir): Hono {
  const app = new Hono();
  app.get("/", async (c) => {
    const { query, limit } = parse(Query, c.req.query());
    if (query === undefined) return c.json({ articles: await choir().list() });
    return c.json({ hits: await choir().search(query, limit) });
  });
  app.get("/:id", async (c) => c.json({ article: await choir().get(c.req.param("id")) }));
  return app;
}
