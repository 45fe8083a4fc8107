// What an idle VM costs its host in memory, with many alive that share what they can.
import { setTimeout as delay } from "node:timers/promises";
import { inParallel, p50, row } from "../measure.mjs";
import { template } from "./home.mjs";
import { machineOf, processesOf, pssOf, pssWithout } from "./processes.mjs";

const alive = 20;
const settleMs = 5_000;
const mebibyte = 1_048_576;

export async function memoryRows({ vms, home, isEmulated }) {
  const made = await inParallel(alive, 4, () => vms.create({ template, diskMiB: 256 }));
  await Promise.all(made.map((vm) => vm.exec({ command: "true" })));
  await delay(settleMs);
  const costs = await Promise.all(
    made.map(async ({ id }) => {
      const pids = await processesOf([await machineOf(home, id)]);
      const sum = (of) => pids.reduce((bytes, pid) => bytes + of(pid), 0) / mebibyte;
      return { whole: sum(pssOf), vmm: sum((pid) => pssWithout(pid, template.memoryMiB * mebibyte)) };
    }),
  );
  await Promise.all(made.map((vm) => vm.destroy()));
  const nominal = { name: "its memory size", value: template.memoryMiB };
  return [
    row("vm.idle_pss", p50(costs.map(({ whole }) => whole)), "MiB", { atMost: 75 }, nominal),
    // An emulator keeps translated code besides; the bar is Firecracker's.
    row("vm.vmm_overhead", p50(costs.map(({ vmm }) => vmm)), "MiB", isEmulated ? null : { atMost: 5 }),
  ];
}
