import { Hono } from "hono";
import { streamSSE } from "hono/streaming";
import { z } from "zod";
import { FollowRequest } from "../follows/follow.js";
import type { Follows } from "../follows/follows.js";
import { parse } from "../parse.js";
import { failedEvent, readBody } from "./http.js";

export type FollowService = Pick<Follows, "list" | "subjects" | "add" | "remove" | "test" | "watch">;

const HEARTBEAT_MS = 15_000;

const EventId = z.coerce.number().int().nonnegative().optional();
const Watched = z.strictObject({ follow: z.string().min(1).max(100).optional() });

/** `/v1/follows`: what is followed, its end, a test of its webhook, and its news as they come. */
export function followRoutes(follows: () => FollowService): Hono {
  const app = new Hono();
  app.get("/", async (c) => c.json({ follows: await follows().list() }));
  app.post("/", async (c) => {
    const { subject, webhook } = await readBody(c, FollowRequest);
    const answer = await follows().add(subject, webhook ?? null);
    return c.json(answer, answer.isNew ? 201 : 200);
  });
  app.get("/events", (c) => {
    const { follow: id } = parse(Watched, c.req.query());
    const after = parse(EventId, c.req.header("last-event-id"));
    const service = follows();
    return streamSSE(c, async (stream) => {
      const ended = new AbortController();
      stream.onAbort(() => ended.abort());
      const heartbeat = setInterval(() => void stream.write(": \n\n"), HEARTBEAT_MS);
      try {
        for await (const news of service.watch({ id, after, signal: ended.signal })) {
          await stream.writeSSE({ id: String(news.seq), event: "news", data: JSON.stringify(news) });
        }
      } catch (error) {
        await stream.writeSSE(failedEvent(error));
      } finally {
        clearInterval(heartbeat);
      }
    });
  });
  app.delete("/:id", async (c) => {
    await follows().remove(c.req.param("id"));
    return c.json({});
  });
  app.post("/:id/test", async (c) => c.json(await follows().test(c.req.param("id"))));
  return app;
}
