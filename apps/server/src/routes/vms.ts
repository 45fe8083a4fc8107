import type { MicroVM, VmInfo } from "@vibewriter/microvm";
import { Hono } from "hono";
import { VmExec, type VmExecAnswer } from "../api.js";
import { readBody } from "./http.js";

/** What the routes need to know about VMs. `get` starts one that is stopped; `get` and `destroy` throw MicroVMError `not_found`. */
export interface VmService {
  list(): VmInfo[];
  get(id: string): Promise<MicroVM>;
  destroy(id: string): Promise<void>;
}

/** `/v1/vms`: list, run a command, destroy. */
export function vmRoutes(vms: () => VmService): Hono {
  const app = new Hono();
  app.get("/", (c) => c.json({ vms: vms().list() }));
  app.post("/:id/exec", async (c) => {
    const vm = await vms().get(c.req.param("id"));
    const result = await vm.exec({ ...(await readBody(c, VmExec)), signal: c.req.raw.signal });
    const answer: VmExecAnswer = {
      exitCode: result.exitCode,
      stdout: Buffer.from(result.stdout).toString("base64"),
      stderr: Buffer.from(result.stderr).toString("base64"),
      timedOut: result.timedOut,
      truncated: result.truncated,
      durationMs: result.durationMs,
    };
    return c.json(answer);
  });
  app.delete("/:id", async (c) => {
    await vms().destroy(c.req.param("id"));
    return c.json({});
  });
  return app;
}
