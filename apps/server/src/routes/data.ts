import { Hono } from "hono";
import { AgentName, DataExportRequest } from "../data/api.js";
import type { HomeData } from "../data/home-data.js";
import { parse } from "../parse.js";
import { readBody } from "./http.js";
import { answerWork } from "./work.js";

/** What the routes need of what is kept of agents. */
export type DataService = Pick<HomeData, "export" | "erase">;

/** `/v1/data/:agent`: all that is kept of an agent, as a folder; its end. */
export function dataRoutes(data: () => DataService): Hono {
  const app = new Hono();
  app.post("/:agent/export", async (c) => {
    const { agent } = parse(AgentName, c.req.param());
    const { folder } = await readBody(c, DataExportRequest);
    const service = data();
    return answerWork(c, (signal) => service.export(agent, folder, signal));
  });
  app.delete("/:agent", (c) => {
    const { agent } = parse(AgentName, c.req.param());
    const service = data();
    return answerWork(c, () => service.erase(agent));
  });
  return app;
}
