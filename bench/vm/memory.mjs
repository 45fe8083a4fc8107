// What an idle VM costs its host in memory, with many alive that share what they can.
import { setTimeout as delay } from "node:timers/promises";
import { inParallel, p50, row } from "../measure.mjs";
import { template } from "./home.mjs";
import { processesWith, pssOf } from "./processes.mjs";

const alive = 20;
const settleMs = 5_000;
const mebibyte = 1_048_576;

export async function memoryRows({ vms, home, isEmulated }) {
  const made = await inParallel(alive, 4, () => vms.create({ template, diskMiB: 256 }));
  await Promise.all(made.map((vm) => vm.exec({ command: "true" })));
  await delay(settleMs);
  const pids = vms.list().map(({ pid }) => pid);
  const helpers = (await processesWith([home])).filter((pid) => !pids.includes(pid));
  const overhead = helpers.reduce((sum, pid) => sum + pssOf(pid), 0) / alive;
  const each = pids.map((pid) => pssOf(pid) + overhead);
  await Promise.all(made.map((vm) => vm.destroy()));
  const rows = [
    row(
      "vm.idle_pss",
      p50(each) / mebibyte,
      "MiB",
      { atMost: 75 },
      { name: "its memory size", value: template.memoryMiB },
    ),
  ];
  return isEmulated ? rows : [...rows, row("vm.vmm_overhead", overhead / mebibyte, "MiB", { atMost: 5 })];
}
