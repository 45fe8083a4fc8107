import { isMicroVMError } from "@vibewriter/microvm";
import { Hono } from "hono";
import { parse } from "../parse.js";
import { VmPath } from "../vms/api.js";
import { readBody } from "./http.js";
import type { VmService } from "./vms.js";

/** `/v1/vms/:id/files`: what is there, and new folders. The content of files goes through sessions. */
export function vmFileRoutes(vms: () => VmService): Hono {
  const app = new Hono();
  app.get("/:id/files", async (c) => {
    const { path } = parse(VmPath, c.req.query());
    return c.json(await (await vms().get(c.req.param("id"))).files.list(path));
  });
  app.get("/:id/files/stat", async (c) => {
    const { path } = parse(VmPath, c.req.query());
    return c.json(await (await vms().get(c.req.param("id"))).files.stat(path));
  });
  app.post("/:id/files/folder", async (c) => {
    const { path } = await readBody(c, VmPath);
    const { files } = await vms().get(c.req.param("id"));
    await files.mkdir(path, { parents: true }).catch(async (error: unknown) => {
      if (!isMicroVMError(error, "exists") || (await files.stat(path)).type !== "directory") throw error;
    });
    return c.json({});
  });
  return app;
}
