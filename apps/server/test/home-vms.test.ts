import type { MicroVM, TemplateSpec, VmInfo } from "@vibewriter/microvm";
import { Backups } from "../src/migrations/backups.js";
import { HomeVms, type Orchestrator } from "../src/vms/home-vms.js";

const template: TemplateSpec = { name: "work", memoryMiB: 512, layers: ["/today"] };
const never = new AbortController().signal;

/** VMs that are only told of: what is done to them is written down. */
function scripted(vms: Partial<VmInfo>[], active: { agentId: string }[] = []) {
  const done: unknown[] = [];
  const infos = vms.map((vm) => ({ ...info, ...vm }));
  const vmOf = (id: string) =>
    ({
      id,
      stop: async () => done.push(["stop", id]),
      suspend: async () => done.push(["suspend", id]),
    }) as unknown as MicroVM;
  const orchestrator: Orchestrator = {
    weaknesses: [],
    list: () => infos,
    get: async (id, o) => {
      done.push(["get", id, o]);
      return vmOf(id);
    },
    create: async (o) => {
      done.push(["create", o]);
      infos.push({ ...info, id: o.id ?? "random" });
      return { ...vmOf(o.id ?? "random"), destroy: async () => void done.push(["destroy", o.id]) } as MicroVM;
    },
    fork: async (from, o) => {
      done.push(["fork", from, o]);
      infos.push({ ...info, id: o?.id ?? "random" });
      return vmOf(o?.id ?? "random");
    },
    destroy: async (id) => void done.push(["destroy", id]),
    snapshot: () => Promise.reject(new Error("Not here.")),
    snapshots: async () => [],
    removeSnapshot: () => Promise.reject(new Error("Not here.")),
    stats: () => Promise.reject(new Error("Not here.")),
    export: () => Promise.reject(new Error("Not here.")),
    import: async (file, o) => {
      done.push(["import", file, o]);
      infos.push({ ...info, id: o?.id ?? "random" });
      return vmOf(o?.id ?? "random");
    },
    df: () => Promise.reject(new Error("Not here.")),
    gc: () => Promise.reject(new Error("Not here.")),
  };
  const agents = {
    get: async (id: string) => {
      done.push(["agent's", id]);
      return vmOf(id);
    },
  };
  const runs = async () => [
    ...active.map(({ agentId }) => ({ runId: `run-of-${agentId}`, agentId, status: "running" as const })),
    { runId: "old", agentId: "rested", status: "done" as const },
  ];
  return {
    done,
    homeVms: new HomeVms({ vms: orchestrator, agents, template, runs, backups: new Backups("/nowhere") }),
  };
}

const info: VmInfo = {
  ...{ id: "lab", state: "running", isolation: "emulated", driver: "qemu", template: "work", memoryMiB: 256, vcpus: 2 },
  ...{ createdAt: "2026-01-01T00:00:00.000Z", labels: { role: "person" } },
};
const work = (agent: string) => ({ id: `agent-${agent}`, labels: { role: "work", agent } });

describe("the VMs of a home", () => {
  it("are not taken from a run that works in them", async () => {
    const { done, homeVms } = scripted(
      [work("main"), { id: "reads", labels: { role: "reader" } }],
      [{ agentId: "main" }],
    );
    for (const id of ["agent-main", "reads"]) {
      for (const change of ["stop", "suspend", "destroy"] as const) {
        await expect(homeVms[change](id)).rejects.toMatchObject({
          code: "vm_busy",
          message: expect.stringMatching(/run-of-main/),
        });
      }
    }
    expect(done).toEqual([]);
  });

  it("may be changed while nobody, or another agent, is at work", async () => {
    const { done, homeVms } = scripted([work("rested"), work("other"), {}], [{ agentId: "main" }]);
    await homeVms.stop("agent-rested");
    await homeVms.suspend("agent-other");
    await homeVms.destroy("lab");
    expect(done.filter((entry) => Array.isArray(entry) && entry[0] !== "get")).toEqual([
      ["stop", "agent-rested"],
      ["suspend", "agent-other"],
      ["destroy", "lab"],
    ]);
  });

  it("start from the template of today when they are a person's and stopped, and keep their shape", async () => {
    const { done, homeVms } = scripted([
      { id: "stopped", state: "stopped", image: "mine" },
      { id: "asleep", state: "suspended" },
      work("main"),
    ]);
    for (const id of ["stopped", "asleep", "agent-main"]) await homeVms.get(id);
    expect(done).toEqual([
      ["get", "stopped", { template: { ...template, memoryMiB: 256, vcpus: 2, image: "mine" } }],
      ["get", "asleep", {}],
      ["agent's", "agent-main"],
    ]);
  });

  it("have no name by which they would be an agent's, forks neither", async () => {
    const { done, homeVms } = scripted([work("main")]);
    await homeVms.fork({ vm: "agent-main" }, { id: "copy", labels: { team: "red" } }, never);
    expect(done).toEqual([["fork", { vm: "agent-main" }, { id: "copy", labels: { team: "red", role: "person" } }]]);
    await homeVms.import({ file: import.meta.filename, id: "from-file" }, never);
    expect(done.at(-1)).toEqual(["import", import.meta.filename, { id: "from-file", labels: { role: "person" } }]);
    const bad = { code: "bad_request" };
    await expect(homeVms.import({ file: "/no/such/file" }, never)).rejects.toMatchObject(bad);
    await expect(homeVms.import({ file: import.meta.filename, id: "agent-main" }, never)).rejects.toMatchObject(bad);
    await expect(homeVms.create({ id: "agent-main2" }, never)).rejects.toMatchObject(bad);
    await expect(homeVms.create({ labels: { agent: "main" } }, never)).rejects.toMatchObject(bad);
    await expect(homeVms.fork({ vm: "agent-main" }, { labels: { role: "work" } }, never)).rejects.toMatchObject(bad);
  });

  it("are removed again when nobody waits for them any more", async () => {
    const { done, homeVms } = scripted([]);
    await expect(homeVms.create({ id: "late" }, AbortSignal.abort())).rejects.toThrow();
    expect(done.at(-1)).toEqual(["destroy", "late"]);
  });
});
