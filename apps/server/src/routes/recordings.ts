import type { RunRecord } from "@vibewriter/agent/runs";
import { Hono } from "hono";
import { RecordingPlace } from "../recordings/api.js";
import { readBody } from "./http.js";

/** What the routes need to know about recordings. */
export interface RecordingService {
  writeRecording(id: string, folder: string): Promise<{ calls: number }>;
  readRecording(folder: string): Promise<RunRecord>;
}

/** `/v1/runs/:id/recording` and `/v1/recordings`: runs as folders of the server's host, which can be repeated elsewhere. */
export function recordingRoutes(service: () => RecordingService): Hono {
  const app = new Hono();
  app.post("/runs/:id/recording", async (c) => {
    const { folder } = await readBody(c, RecordingPlace);
    return c.json(await service().writeRecording(c.req.param("id"), folder));
  });
  app.post("/recordings", async (c) => {
    const { folder } = await readBody(c, RecordingPlace);
    return c.json({ run: await service().readRecording(folder) }, 201);
  });
  return app;
}
