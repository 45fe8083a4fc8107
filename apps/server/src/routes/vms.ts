import type { MicroVM } from "@vibewriter/microvm";
import { Hono } from "hono";
import {
  type DiskUse,
  type GcReport,
  GcRequest,
  type Snapshot,
  SnapshotName,
  type Vm,
  VmCreate,
  VmExport,
  type VmExported,
  VmFork,
  VmImport,
  type VmList,
  type VmStats,
} from "../vms/api.js";
import { readBody } from "./http.js";
import { answerWork } from "./work.js";

/**
 * What the routes need to know about VMs. Methods throw MicroVMError, `not_found` for an id or a name that is not there. Those that take a
 * signal remove again what they made if it has aborted by then.
 */
export interface VmService {
  list(): VmList;
  /** To work in; started when it is not running. */
  get(id: string): Promise<MicroVM>;
  create(o: VmCreate, signal: AbortSignal): Promise<Vm>;
  fork(from: { vm: string } | { snapshot: string }, o: VmFork, signal: AbortSignal): Promise<Vm>;
  /** Starts a stopped VM, resumes a suspended one. */
  start(id: string): Promise<Vm>;
  /** As `suspend` and `destroy`, throws ServerError `vm_busy` while a run works in it. */
  stop(id: string): Promise<Vm>;
  suspend(id: string): Promise<Vm>;
  destroy(id: string): Promise<void>;
  snapshot(id: string, name: string, signal: AbortSignal): Promise<Snapshot>;
  snapshots(): Promise<Snapshot[]>;
  removeSnapshot(name: string): Promise<void>;
  /** Of one VM, or of all. */
  stats(id?: string): Promise<VmStats[]>;
  /** Writes a VM's disk into a file, which must not be there yet. */
  export(id: string, file: string, signal: AbortSignal): Promise<VmExported>;
  import(o: VmImport, signal: AbortSignal): Promise<Vm>;
  df(): Promise<DiskUse>;
  gc(o: { dryRun: boolean }): Promise<GcReport>;
}

/** `/v1/vms`: what there is, and the life of each. Programs, terminals and the content of files are sessions. */
export function vmRoutes(vms: () => VmService): Hono {
  const app = new Hono();
  app.get("/", (c) => c.json(vms().list()));
  app.post("/", async (c) => {
    const o = await readBody(c, VmCreate);
    const service = vms();
    return answerWork(c, async (signal) => ({ vm: await service.create(o, signal) }));
  });
  for (const change of ["start", "stop", "suspend"] as const) {
    app.post(`/:id/${change}`, (c) => {
      const service = vms();
      return answerWork(c, async () => ({ vm: await service[change](c.req.param("id")) }));
    });
  }
  app.post("/:id/fork", async (c) => {
    const o = await readBody(c, VmFork);
    const service = vms();
    return answerWork(c, async (signal) => ({ vm: await service.fork({ vm: c.req.param("id") }, o, signal) }));
  });
  app.post("/:id/snapshots", async (c) => {
    const { name } = await readBody(c, SnapshotName);
    const service = vms();
    return answerWork(c, async (signal) => ({ snapshot: await service.snapshot(c.req.param("id"), name, signal) }));
  });
  app.get("/stats", async (c) => c.json({ stats: await vms().stats() }));
  app.get("/:id/stats", async (c) => c.json({ stats: await vms().stats(c.req.param("id")) }));
  app.post("/:id/export", async (c) => {
    const { file } = await readBody(c, VmExport);
    const service = vms();
    return answerWork(c, (signal) => service.export(c.req.param("id"), file, signal));
  });
  app.post("/import", async (c) => {
    const o = await readBody(c, VmImport);
    const service = vms();
    return answerWork(c, async (signal) => ({ vm: await service.import(o, signal) }));
  });
  app.delete("/:id", async (c) => {
    await vms().destroy(c.req.param("id"));
    return c.json({});
  });
  return app;
}

/** `/v1/snapshots`: from each any number of VMs can be forked. */
export function snapshotRoutes(vms: () => VmService): Hono {
  const app = new Hono();
  app.get("/", async (c) => c.json({ snapshots: await vms().snapshots() }));
  app.post("/:name/fork", async (c) => {
    const o = await readBody(c, VmFork);
    const service = vms();
    return answerWork(c, async (signal) => ({ vm: await service.fork({ snapshot: c.req.param("name") }, o, signal) }));
  });
  app.delete("/:name", async (c) => {
    await vms().removeSnapshot(c.req.param("name"));
    return c.json({});
  });
  return app;
}

/** `/v1/space`: what takes space in the home, and what of it nobody needs. */
export function spaceRoutes(vms: () => VmService): Hono {
  const app = new Hono();
  app.get("/", (c) => {
    const service = vms();
    return answerWork(c, () => service.df());
  });
  app.post("/gc", async (c) => {
    const o = await readBody(c, GcRequest);
    const service = vms();
    return answerWork(c, () => service.gc(o));
  });
  return app;
}
