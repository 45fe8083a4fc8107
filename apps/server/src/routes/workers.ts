import { Hono } from "hono";
import type { Worker } from "../workers/api.js";

/** What the routes need to know about workers. */
export interface WorkerService {
  workers(): Worker[];
}

/** `/v1/workers`: who drives runs. */
export function workerRoutes(runs: () => WorkerService): Hono {
  const app = new Hono();
  app.get("/", (c) => c.json({ workers: runs().workers() }));
  return app;
}
