import { Hono } from "hono";
import type { Top } from "../top/api.js";

/** What the routes need of an overview. */
export interface TopService {
  look(): Promise<Top>;
}

/** `/v1/top`: what the home is at, in one look. */
export function topRoutes(top: () => TopService): Hono {
  const app = new Hono();
  app.get("/", async (c) => c.json(await top().look()));
  return app;
}
