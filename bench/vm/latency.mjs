// How long it takes until a VM answers, and how long an answer takes.
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { p50, p95, repeat, row, timed } from "../measure.mjs";
import { template } from "./home.mjs";

const starts = 40;
const boots = 3;
const run = promisify(execFile);

export async function latencyRows({ vms, isEmulated }) {
  const restores = await repeat(starts, () => startOnce(vms, undefined));
  const restoresWithDisk = await repeat(starts, () => startOnce(vms, 1_024));
  const booted = await repeat(boots, (round) => bootOnce(vms, round));
  const vm = await vms.create({ template });
  await vm.exec({ command: "true" });
  const pings = await repeat(500, () => vm.ping());
  const execs = await repeat(100, () => timed(() => vm.exec({ command: "true" })));
  const onHost = await repeat(100, () => timed(() => run("/bin/sh", ["-c", "true"])));
  await vm.destroy();
  const boot = { name: "boot, warm-up and save", value: p50(booted) / 1_000 };
  return [
    row("vm.restore_first_call_p50", p50(restores) / 1_000, "s", { atMost: isEmulated ? 0.15 : 0.03 }, boot),
    row("vm.restore_first_call_p95", p95(restores) / 1_000, "s", isEmulated ? { atMost: 0.3 } : null),
    row("vm.restore_disk_first_call_p50", p50(restoresWithDisk) / 1_000, "s", null),
    row("vm.ping_p50", p50(pings), "ms", { atMost: 0.6 }),
    row("vm.exec_true_p50", p50(execs), "ms", { atMost: 50 }, { name: "host", value: p50(onHost) }),
  ];
}

/** From nothing to the answer of a first call, in milliseconds. */
async function startOnce(vms, diskMiB) {
  let vm;
  const took = await timed(async () => {
    vm = await vms.create({ template, diskMiB });
    await vm.files.stat("/");
  });
  await vm.destroy();
  return took;
}

/** A template of a name of its own is booted from its kernel. */
async function bootOnce(vms, round) {
  const fresh = { ...template, name: `boot-${round}`, warm: [] };
  let vm;
  const took = await timed(async () => {
    vm = await vms.create({ template: fresh });
    await vm.files.stat("/");
  });
  await vm.destroy();
  return took;
}
