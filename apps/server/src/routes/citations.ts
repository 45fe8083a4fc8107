import { type Choir, DEEPEST, MOST_ANSWERED } from "@vibewriter/choir";
import { Hono } from "hono";
import { z } from "zod";
import { parse } from "../parse.js";

const direction = z.enum(["cites", "cited-by"]);
const limit = z.coerce.number().int().min(1).max(MOST_ANSWERED).optional();
const depth = z.coerce.number().int().min(1).max(DEEPEST);
const id = z.string().min(1).max(100);

const Page = z.strictObject({ article: id, direction, limit, before: z.coerce.number().int().min(1).optional() });
const Chains = z.strictObject({ article: id, direction, depth, limit });
const Path = z.strictObject({ from: id, to: id });
const Related = z.strictObject({ article: id, limit });
const Graph = z.strictObject({ article: id.optional(), depth: depth.optional(), limit });

/** `/v1/kb/...`: who cites whom, and for what. */
export function citationRoutes(choir: () => Pick<Choir, "citationGraph">): Hono {
  const app = new Hono();
  const graph = () => choir().citationGraph;
  app.get("/citations", async (c) => {
    const { article, ...o } = parse(Page, c.req.query());
    return c.json(await graph().page(article, o));
  });
  app.get("/chains", async (c) => {
    const { article, ...o } = parse(Chains, c.req.query());
    return c.json(await graph().chains(article, o));
  });
  app.get("/path", async (c) => {
    const { from, to } = parse(Path, c.req.query());
    return c.json(await graph().path(from, to));
  });
  app.get("/related", async (c) => {
    const { article, limit: most } = parse(Related, c.req.query());
    return c.json(await graph().related(article, most));
  });
  app.get("/graph", async (c) => c.json(await graph().graph(parse(Graph, c.req.query()))));
  return app;
}
