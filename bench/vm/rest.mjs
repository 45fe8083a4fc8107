// VMs at rest: what they cost, and how fast they are back.
import { setTimeout as delay } from "node:timers/promises";
import { p50, repeat, row, timed } from "../measure.mjs";
import { template } from "./home.mjs";
import { machineOf, processesOf, pssOf } from "./processes.mjs";

const rounds = 15;
const mebibyte = 1_048_576;

export async function restRows({ vms, home }) {
  const vm = await vms.create({ id: "rest", template, diskMiB: 512 });
  await vm.exec({ command: "echo kept > /workspace/kept; sync" });
  const starts = await repeat(rounds, () => backFrom(vms, () => vm.stop()));
  const stopped = await cost(home, () => vm.stop());
  await vms.get("rest");
  const suspends = [];
  const resumes = await repeat(rounds, () => backFrom(vms, async () => suspends.push(await timed(() => vm.suspend()))));
  const suspended = await cost(home, () => vm.suspend());
  await vm.destroy();
  return [
    row("vm.start_first_call_p50", p50(starts) / 1_000, "s", { atMost: 0.4 }),
    row(
      "vm.resume_first_call_p50",
      p50(resumes) / 1_000,
      "s",
      { atMost: 0.4 },
      { name: "suspend", value: p50(suspends) / 1_000 },
    ),
    row("vm.stopped_processes", stopped.processes, "processes", { atMost: 0 }),
    row("vm.stopped_memory", stopped.bytes / mebibyte, "MiB", { atMost: 0 }),
    row("vm.suspended_processes", suspended.processes, "processes", { atMost: 0 }),
    row("vm.suspended_memory", suspended.bytes / mebibyte, "MiB", { atMost: 0 }),
  ];
}

async function backFrom(vms, rest) {
  await rest();
  return await timed(async () => {
    const vm = await vms.get("rest");
    await vm.files.stat("/workspace/kept");
  });
}

async function cost(home, rest) {
  const machine = await machineOf(home, "rest");
  const running = await processesOf([machine]);
  if (running.length === 0) throw new Error("A running VM has no process: this measures nothing.");
  await rest();
  await delay(200);
  const pids = await processesOf([machine]);
  return { processes: pids.length, bytes: pids.reduce((sum, pid) => sum + pssOf(pid), 0) };
}
