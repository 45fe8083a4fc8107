import { FORMAT_FACTS } from "@vibewriter/choir";
import { Hono } from "hono";
import { ReportQuery } from "../reports/api.js";
import { readBody } from "./http.js";

/** What the routes need to know about reports. */
export interface ReportService {
  report(id: string, query: ReportQuery): Promise<Uint8Array>;
}

/** `/v1/runs/:id/report`: what a run came to, as a file; a style guide comes along with its text. */
export function reportRoutes(reports: () => ReportService): Hono {
  const app = new Hono();
  app.post("/:id/report", async (c) => {
    const query = await readBody(c, ReportQuery);
    const { extension, mediaType } = FORMAT_FACTS[query.format];
    const bytes = await reports().report(c.req.param("id"), query);
    return c.body(Uint8Array.from(bytes), 200, {
      "content-type": mediaType,
      "content-disposition": `attachment; filename="report.${extension}"`,
      // Made of documents that nobody vouches for: a browser takes it for nothing else, and runs nothing of it.
      "x-content-type-options": "nosniff",
      "content-security-policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'",
    });
  });
  return app;
}
