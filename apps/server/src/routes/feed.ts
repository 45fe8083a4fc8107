import { atomFeed, type Choir, type Subject } from "@vibewriter/choir";
import { Hono } from "hono";
import { z } from "zod";
import { parse } from "../parse.js";

const Query = z.strictObject({
  author: z.string().min(1).max(200).optional(),
  tag: z.string().min(1).max(100).optional(),
  article: z.string().min(1).max(100).optional(),
  limit: z.coerce.number().int().min(1).max(500).default(50),
});

/** `/v1/feed.atom`: what was published, revised, retracted and cited, of an author, a tag, an article or all. */
export function feedRoutes(choir: () => Pick<Choir, "news">): Hono {
  const app = new Hono();
  app.get("/", async (c) => {
    const { limit, ...about } = parse(Query, c.req.query());
    const subjects = Object.entries(about).map(([kind, name]): Subject => ({ kind: kind as Subject["kind"], name }));
    const what = subjects.map(({ kind, name }) => `${kind} ${name}`).join(", ");
    const id = ["urn:vibewriter:feed", ...subjects.map(({ kind, name }) => `${kind}:${encodeURIComponent(name)}`)].join(
      ":",
    );
    const feed = atomFeed(await choir().news({ subjects, limit }), {
      id,
      title: what === "" ? "The Choir" : `The Choir: ${what}`,
    });
    return c.body(feed, 200, { "content-type": "application/atom+xml; charset=utf-8" });
  });
  return app;
}
