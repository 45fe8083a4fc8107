import { Hono } from "hono";
import { TestRequest } from "../notify/api.js";
import type { Notifier } from "../notify/notifier.js";
import { readBody } from "./http.js";

export type NotifyService = Pick<Notifier, "status" | "test">;

/** `/v1/notifications`: what is set up, and a test of it. */
export function notifyRoutes(notifier: () => NotifyService): Hono {
  const app = new Hono();
  app.get("/", async (c) => c.json(await notifier().status()));
  app.post("/test", async (c) => {
    const { channel } = await readBody(c, TestRequest);
    return c.json(await notifier().test(channel));
  });
  return app;
}
