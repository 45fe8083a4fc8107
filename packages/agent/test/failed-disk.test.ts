import { type MicroVM, MicroVMError, type MicroVMs } from "@vibewriter/microvm";
import { AgentVMs } from "../src/machines.js";

/** A home with one VM, whose first call fails; it counts what is done with it. */
function homeWithFailing(code: "io_error" | "read_only" | "no_space", times: number) {
  const done: string[] = [];
  let failures = 0;
  const files = {
    mkdir: async () => {
      done.push("mkdir");
      if (failures++ < times) throw new MicroVMError(code, "The disk did it.");
    },
  };
  const vm = { id: "agent-main", isolation: "emulated", files, stop: async () => void done.push("stop") };
  const vms: Pick<MicroVMs, "isolation" | "list" | "get"> = {
    isolation: "emulated",
    list: () => [
      {
        ...{ id: "agent-main", state: "running", isolation: "emulated", driver: "qemu", template: "work" },
        ...{ memoryMiB: 512, vcpus: 1, createdAt: "2026-11-22T12:00:00.000Z", labels: { role: "work" } },
      },
    ],
    get: async () => {
      done.push("get");
      return vm as unknown as MicroVM;
    },
  };
  return { done, machines: new AgentVMs(vms as MicroVMs, { layer: "/none" }) };
}

test.each(["io_error", "read_only"] as const)("an agent's VM that answers %s is started anew, once", async (code) => {
  const { done, machines } = homeWithFailing(code, 1);
  await machines.backend("main", "/workspace/run");
  expect(done).toEqual(["get", "mkdir", "stop", "get", "mkdir"]);
  await expect(homeWithFailing(code, 2).machines.backend("main", "/workspace/run")).rejects.toMatchObject({ code });
});

test("one that fails for another reason goes on as it is", async () => {
  const { done, machines } = homeWithFailing("no_space", 1);
  await expect(machines.backend("main", "/workspace/run")).rejects.toMatchObject({ code: "no_space" });
  expect(done).toEqual(["get", "mkdir"]);
});
