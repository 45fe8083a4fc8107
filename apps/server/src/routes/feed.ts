import { atomFeed, type Choir, type Subject } from "@vibewriter/choir";
import { type Context, Hono } from "hono";
import { z } from "zod";
import { parse } from "../parse.js";
import type { FollowService } from "./follows.js";

const Query = z
  .strictObject({
    author: z.string().min(1).max(200).optional(),
    tag: z.string().min(1).max(100).optional(),
    article: z.string().min(1).max(100).optional(),
    followed: z.enum(["true", "false"]).default("false"),
    limit: z.coerce.number().int().min(1).max(500).default(50),
  })
  .refine(
    ({ followed, author, tag, article }) => followed === "false" || (author ?? tag ?? article) === undefined,
    "What is followed is a feed of its own; leave out author, tag and article.",
  );

/** `/v1/feed.atom`: what was published, revised, retracted and cited, of an author, a tag, an article, what is followed, or all. */
export function feedRoutes(choir: () => Pick<Choir, "news">, follows: () => Pick<FollowService, "subjects">): Hono {
  const app = new Hono();
  app.get("/", async (c) => {
    const { limit, followed, ...about } = parse(Query, c.req.query());
    if (followed === "true") {
      const news = await choir().news({ subjects: follows().subjects(), limit, match: "any" });
      return answer(c, atomFeed(news, { id: "urn:vibewriter:feed:followed", title: "The Choir: what you follow" }));
    }
    const subjects = Object.entries(about).map(([kind, name]): Subject => ({ kind: kind as Subject["kind"], name }));
    const what = subjects.map(({ kind, name }) => `${kind} ${name}`).join(", ");
    const id = ["urn:vibewriter:feed", ...subjects.map(({ kind, name }) => `${kind}:${encodeURIComponent(name)}`)].join(
      ":",
    );
    const feed = atomFeed(await choir().news({ subjects, limit }), {
      id,
      title: what === "" ? "The Choir" : `The Choir: ${what}`,
    });
    return answer(c, feed);
  });
  return app;
}

function answer(c: Context, feed: string): Response {
  return c.body(feed, 200, { "content-type": "application/atom+xml; charset=utf-8" });
}
