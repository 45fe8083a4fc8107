// How many VMs there can be: alive at once, and stopped at once, each then answering.
import { inParallel, row } from "../measure.mjs";
import { template } from "./home.mjs";

const alive = 120;
const stopped = 1_000;
const atATime = 4;

export async function densityRows({ vms }) {
  const live = await inParallel(alive, atATime, (n) => vms.create({ id: `live-${n}`, template, diskMiB: 64 }));
  const answered = await count(live, (vm) => vm.exec({ command: "true" }));
  console.error(`vm: ${answered} of ${alive} alive at once answer`);
  await inParallel(alive, atATime, (n) => live[n].stop());
  await inParallel(stopped - alive, atATime, async (n) => {
    const vm = await vms.create({ id: `still-${n}`, template, diskMiB: 64 });
    await vm.files.write("/workspace/id", Buffer.from(vm.id), { parents: true });
    await vm.stop();
    if (n % 100 === 99) console.error(`vm: ${n + 1 + alive} stopped`);
  });
  const ids = vms
    .list()
    .filter(({ state }) => state === "stopped")
    .map(({ id }) => id);
  const back = await inParallel(ids.length, atATime, async (n) => {
    const vm = await vms.get(ids[n]);
    const isBack = (await vm.exec({ command: "true" })).exitCode === 0;
    await vm.destroy();
    if (n % 100 === 99) console.error(`vm: ${n + 1} came back`);
    return isBack;
  });
  return [
    row("vm.live_at_once", answered, "VMs", { atLeast: alive }),
    row("vm.stopped_at_once", back.filter(Boolean).length, "VMs", { atLeast: stopped }),
  ];
}

async function count(vms, ask) {
  const answers = await inParallel(vms.length, 16, async (n) => (await ask(vms[n])).exitCode === 0);
  return answers.filter(Boolean).length;
}
