import { DEFAULT_LIMITS, readSourceFile, type TextExtractor } from "@vibewriter/evidence";
import { Hono } from "hono";
import { DocumentToRead, type ReadText } from "../texts/api.js";
import { readBody } from "./http.js";

/** `/v1/texts`: what the reader VM makes of a document of this machine. */
export function textRoutes(extract: () => TextExtractor): Hono {
  const app = new Hono();
  app.post("/", async (c) => {
    const { path, mediaType, name } = await readBody(c, DocumentToRead);
    const bytes = await readSourceFile(path, { maxBytes: DEFAULT_LIMITS.fileBytes });
    const { title, text, note } = await extract()({ bytes, mediaType, name });
    return c.json({ title, text, note } satisfies ReadText);
  });
  return app;
}
