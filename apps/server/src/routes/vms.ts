import type { MicroVM } from "@vibewriter/microvm";
import { Hono } from "hono";
import { type Vm, VmCreate } from "../vms/api.js";
import { readBody } from "./http.js";
import { answerWork } from "./work.js";

/** What the routes need to know about VMs. Each method that takes an id throws MicroVMError `not_found`. */
export interface VmService {
  list(): Vm[];
  /** Removed again if `signal` has aborted by the time it runs. */
  create(o: VmCreate, signal: AbortSignal): Promise<Vm>;
  /** To work in; started when it is not running. */
  get(id: string): Promise<MicroVM>;
  start(id: string): Promise<Vm>;
  /** As `destroy`, throws ServerError `vm_busy` while a run works in it. */
  stop(id: string): Promise<Vm>;
  destroy(id: string): Promise<void>;
}

/** `/v1/vms`: what there is, and the life of each. Programs and terminals are sessions. */
export function vmRoutes(vms: () => VmService): Hono {
  const app = new Hono();
  app.get("/", (c) => c.json({ vms: vms().list() }));
  app.post("/", async (c) => {
    const o = await readBody(c, VmCreate);
    const service = vms();
    return answerWork(c, async (signal) => ({ vm: await service.create(o, signal) }));
  });
  app.post("/:id/start", async (c) => c.json({ vm: await vms().start(c.req.param("id")) }));
  app.post("/:id/stop", async (c) => c.json({ vm: await vms().stop(c.req.param("id")) }));
  app.delete("/:id", async (c) => {
    await vms().destroy(c.req.param("id"));
    return c.json({});
  });
  return app;
}
