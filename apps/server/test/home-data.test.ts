import { HomeData } from "../src/data/home-data.js";
import { messageOf } from "../src/errors.js";
import type { VmService } from "../src/routes/vms.js";

/** What is done, in order, when the agent main is erased, with or without a VM of its own. */
async function erasing(o: { vms: string[]; busy?: boolean }): Promise<string[]> {
  const done: string[] = [];
  const vms = o.vms.map((id) => ({ id }));
  const data = new HomeData({
    data: {
      assertErasable: async () => {
        if (o.busy) throw new Error("busy");
        done.push("at rest");
      },
      erase: async () => {
        done.push("erase");
        return { runs: 1, files: 0, memories: 0, records: 0, audit: true };
      },
      export: () => {
        throw new Error("Nothing is exported here.");
      },
    },
    vms: {
      list: () => ({ vms, weaknesses: [] }) as unknown as ReturnType<VmService["list"]>,
      destroy: async (id) => void done.push(`destroy ${id}`),
    },
  });
  const came = await data.erase("main").then(
    ({ vm }) => `vm: ${vm}`,
    (error: unknown) => `refused: ${messageOf(error)}`,
  );
  return [...done, came];
}

test("an agent's VM goes before what its programs are recorded under, and not while a run is under way", async () => {
  expect(await erasing({ vms: ["agent-main", "agent-other"] })).toEqual([
    "at rest",
    "destroy agent-main",
    "erase",
    "vm: true",
  ]);
  expect(await erasing({ vms: ["agent-other"] })).toEqual(["at rest", "erase", "vm: false"]);
  expect(await erasing({ vms: ["agent-main"], busy: true })).toEqual(["refused: busy"]);
});
