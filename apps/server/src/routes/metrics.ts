import { Hono } from "hono";
import type { Metrics } from "../metrics/metrics.js";

/** `/metrics`: figures for Prometheus, also while the server starts. */
export function metricsRoutes(metrics: Pick<Metrics, "text" | "contentType">): Hono {
  const app = new Hono();
  app.get("/", async (c) => c.body(await metrics.text(), 200, { "content-type": metrics.contentType }));
  return app;
}
