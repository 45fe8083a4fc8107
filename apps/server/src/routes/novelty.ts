import type { Choir } from "@vibewriter/choir";
import { Hono } from "hono";
import { DraftToAssess } from "../novelty/api.js";
import { readBody } from "./http.js";

/** `/v1/kb/novelty`: why an article scores what it does, and what a draft would score. */
export function noveltyRoutes(choir: () => Choir): Hono {
  const app = new Hono();
  app.get("/:id", async (c) => c.json({ novelty: await choir().explainNovelty(c.req.param("id")) }));
  app.post("/", async (c) => {
    const { markdown } = await readBody(c, DraftToAssess);
    return c.json({ novelty: await choir().assess(markdown) });
  });
  return app;
}
