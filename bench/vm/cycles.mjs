// Creating and destroying again and again leaves nothing behind.
import { setTimeout as delay } from "node:timers/promises";
import { repeat, row } from "../measure.mjs";
import { template } from "./home.mjs";
import { census, machineOf } from "./processes.mjs";

const cycles = 300;
const settleMs = 1_000;

export async function cycleRows({ vms, home }) {
  const machines = [];
  const cycle = async (n) => {
    const vm = await vms.create({ template, diskMiB: n % 2 === 0 ? undefined : 128 });
    machines.push(await machineOf(home, vm.id));
    await vm.exec({ command: "true" });
    await vm.destroy();
  };
  await repeat(4, cycle);
  await delay(settleMs);
  const before = await census(home, machines);
  await repeat(cycles, cycle);
  await delay(settleMs);
  const after = await census(home, machines);
  const grown = Object.keys(before).map((what) =>
    row(`vm.cycles_${what}`, Math.max(0, after[what] - before[what]), "more", { atMost: 0 }),
  );
  return [row("vm.cycles", cycles, "cycles", null), ...grown];
}
