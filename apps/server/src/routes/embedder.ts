import { Hono } from "hono";
import { ReembedRequest } from "../embedder/api.js";
import type { HomeEmbedder } from "../embedder/home-embedder.js";
import { readBody } from "./http.js";
import { answerWork } from "./work.js";

export type EmbedderService = Pick<HomeEmbedder, "status" | "reembed">;

/** `/v1/kb/embedder`: whose vectors the index has, and an index with those of another. */
export function embedderRoutes(embedder: () => EmbedderService): Hono {
  const app = new Hono();
  app.get("/", async (c) => c.json(await embedder().status()));
  app.post("/", async (c) => {
    const { embedder: name } = await readBody(c, ReembedRequest);
    const service = embedder();
    return answerWork(c, (signal, onProgress) => service.reembed(name, { signal, onProgress }));
  });
  return app;
}
