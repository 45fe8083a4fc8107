import type { Estimate, RunRecord } from "@vibewriter/agent/runs";
import { Hono } from "hono";
import { KEYS_HEADER, type Keys, readKeysHeader } from "../keys.js";
import { Answer, EstimateRequest } from "../questions/api.js";
import { readBody } from "./http.js";

/** What the routes need to know about what is asked before a run works. */
export interface QuestionService {
  estimate(model: string | undefined, keys: Keys): Promise<Estimate>;
  answer(runId: string, text: string | undefined, keys: Keys): Promise<RunRecord>;
}

/** `/v1/estimates` and `/v1/runs/:id/answer`. */
export function questionRoutes(service: () => QuestionService): Hono {
  const app = new Hono();
  app.post("/estimates", async (c) => {
    const { model } = await readBody(c, EstimateRequest);
    return c.json({ estimate: await service().estimate(model, readKeysHeader(c.req.header(KEYS_HEADER))) });
  });
  app.post("/runs/:id/answer", async (c) => {
    const { text } = await readBody(c, Answer);
    const keys = readKeysHeader(c.req.header(KEYS_HEADER));
    return c.json({ run: await service().answer(c.req.param("id"), text, keys) });
  });
  return app;
}
