import type { CreateOptions, EgressPolicy, MicroVM, MicroVMs, Server, VmInfo } from "@vibewriter/microvm";
import { AgentVMs } from "../../src/machines.js";
import { isCutOff, RECORDED_AGENT, workplaceOf } from "../../src/runs/workplace.js";

const run = { agentId: "main", runId: "run-b" };

test("a run that repeats another one works in a place of its own, which is cut off, as that of a stranger's recording", () => {
  expect(workplaceOf(run)).toBe("main");
  const place = workplaceOf({ ...run, replays: "run-a" });
  expect(place).toBe("main.run-b");
  expect([place, RECORDED_AGENT, "main"].map(isCutOff)).toEqual([true, true, false]);
});

describe("the VMs of agents", () => {
  const egress: EgressPolicy = { allow: [{ host: "pypi.org" }] };
  const nothing: EgressPolicy = { allow: [] };
  const known: Pick<VmInfo, "id" | "labels">[] = [];
  const allowed = new Map<string, EgressPolicy | undefined>();
  const vm = { files: { mkdir: async () => undefined } } as unknown as MicroVM;
  const vms = {
    isolation: "emulated",
    hostDiskMiB: async () => 4_096,
    list: () => known,
    create: async ({ id = "", labels = {}, egress }: CreateOptions) => {
      known.push({ id, labels });
      allowed.set(id, egress);
      return vm;
    },
    get: async (id: string, o: { egress?: EgressPolicy }) => {
      allowed.set(id, o.egress);
      return vm;
    },
    destroy: async (id: string) => {
      known.splice(
        known.findIndex((one) => one.id === id),
        1,
      );
    },
  } as unknown as MicroVMs;
  const opened: string[] = [];
  const nobody = { [Symbol.dispose]: () => undefined };
  const gateway = {
    watch: () => nobody,
    open: (id: string, { host }: Server) => {
      opened.push(`${id} ${host}`);
      return nobody;
    },
  };
  const machines = new AgentVMs(vms, { layer: "/nowhere", egress, gateway });

  it.each([
    ["an agent's programs reach what the home allows", "main", egress],
    ["those of a run that repeats another reach nothing", "main.run-b", nothing],
    ["nor do those of a recording", RECORDED_AGENT, nothing],
  ])("%s, in a new VM and in one that is there", async (_, place, policy) => {
    for (const _time of ["new", "there"]) {
      allowed.clear();
      await machines.backend(place, "/workspace/run-b");
      expect([...allowed]).toEqual([[`agent-${place}`, policy]]);
    }
  });

  it("have a server opened in the one that is named, and never in one that is cut off", () => {
    for (const place of ["main", "main.run-b", RECORDED_AGENT]) {
      machines.reach(place)?.open?.({ host: "crates.io", port: 443 });
    }
    expect(opened).toEqual(["agent-main crates.io"]);
  });

  it("end with their disk, and need not be there for that", async () => {
    await machines.end("main.run-b");
    await machines.end("main.run-b");
    expect(known.map(({ id }) => id)).toEqual(["agent-main", `agent-${RECORDED_AGENT}`]);
  });
});
