import { type Choir, ChoirError, FORMAT_FACTS, importArticles } from "@vibewriter/choir";
import { Hono } from "hono";
import { ExportQuery, Import } from "../kb-files/api.js";
import { parse } from "../parse.js";
import type { AuthorService } from "./authors.js";
import { readBody } from "./http.js";
import { answerWork } from "./work.js";

/** Who imports, in a home where nobody has published yet. */
const FIRST_AUTHOR = "main";

/** `/v1/articles/:id/export` and `/v1/articles/import`: articles as files, and files as articles. */
export function kbFileRoutes(choir: () => Choir, authors: () => AuthorService): Hono {
  const app = new Hono();
  app.get("/:id/export", async (c) => {
    const { format } = parse(ExportQuery, c.req.query());
    const { extension, mediaType } = FORMAT_FACTS[format];
    const { id } = await choir().get(c.req.param("id"));
    const bytes = await choir().export(c.req.param("id"), format);
    return c.body(bytes, 200, {
      "content-type": mediaType,
      "content-disposition": `attachment; filename="${id}.${extension}"`,
      // Of authors whom nobody vouches for: a browser takes it for nothing else, and runs nothing of it.
      "x-content-type-options": "nosniff",
      "content-security-policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'",
    });
  });
  app.post("/import", async (c) => {
    const { author: name, ...request } = await readBody(c, Import);
    const author = name === undefined ? await authors().first(FIRST_AUTHOR) : await authors().named(name);
    const signer = await authors().signer(author.publicKey);
    if (signer === undefined) {
      throw new ChoirError("unknown_author", `The key of ${author.name} has left this home: name another author.`);
    }
    return answerWork(c, (signal, onProgress) =>
      importArticles(choir(), { ...request, author: author.name }, signer, { signal, onProgress }),
    );
  });
  return app;
}
