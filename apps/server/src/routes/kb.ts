import type { Choir } from "@vibewriter/choir";
import { Hono } from "hono";
import type { Rebuilt } from "../kb/api.js";
import { answerWork } from "./work.js";

/** `/v1/kb`: what is done to the index of the knowledge base as a whole. */
export function kbRoutes(choir: () => Choir): Hono {
  const app = new Hono();
  app.post("/rebuild", (c) => {
    const kb = choir();
    return answerWork(c, () => rebuild(kb));
  });
  return app;
}

async function rebuild(kb: Choir): Promise<Rebuilt> {
  const before = await kb.exportHash();
  const started = performance.now();
  await kb.rebuild();
  const hash = await kb.exportHash();
  return { hash, isSame: hash === before, ms: Math.round(performance.now() - started) };
}
