// Files in and out, large and small, and what they cost in memory on both sides.

import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import { inParallel, p50, repeat, row, timed } from "../measure.mjs";
import { template } from "./home.mjs";

const mebibyte = 1_048_576;
const mebibytes = 32;
/** Eight times the size of the speed test: if memory grew with the file, it would show. */
const streamedMiB = 256;
const lookMs = 250;
const calls = 2_000;
const inFlight = 16;

export async function throughputRows({ vms, home }) {
  const vm = await vms.create({ template, diskMiB: 2_048 });
  await vm.exec({ command: "true" });
  const path = "/workspace/bench.bin";
  const content = randomBytes(mebibytes * mebibyte);
  const writes = await repeat(7, () => timed(() => vm.files.write(path, content, { parents: true })));
  const reads = await repeat(7, () => timed(() => vm.files.read(path)));
  await writeFile(join(home, "copied"), content);
  const copies = await repeat(7, () =>
    timed(() => promisify(execFile)("cp", [join(home, "copied"), join(home, "copy")])),
  );
  const small = await timed(() => inParallel(calls, inFlight, () => vm.files.stat(path)));
  const growth = await streamGrowth(vm, content.subarray(0, mebibyte));
  await vm.destroy();
  const speed = (values) => mebibytes / (p50(values) / 1_000);
  const host = { name: "cp on the host", value: speed(copies) };
  return [
    row("vm.read_32m", speed(reads), "MiB/s", { atLeast: 50 }, host),
    row("vm.write_32m", speed(writes), "MiB/s", { atLeast: 50 }, host),
    row("vm.small_calls", calls / (small / 1_000), "calls/s", { atLeast: 1_500 }),
    row(
      "vm.stream_growth_host",
      growth.host / mebibyte,
      "MiB",
      { atMost: 48 },
      { name: "streamed", value: streamedMiB },
    ),
    row(
      "vm.stream_growth_guest",
      growth.guest / mebibyte,
      "MiB",
      { atMost: 16 },
      { name: "streamed", value: streamedMiB },
    ),
  ];
}

/** How far the memory of this process, and of the agent in the guest, goes up while a file is streamed in and out. */
async function streamGrowth(vm, piece) {
  const path = "/workspace/stream.bin";
  const source = async function* () {
    for (let n = 0; n < streamedMiB; n++) yield piece;
  };
  // Once before, so that what the first stream allocates for good is not counted.
  await vm.files.writeStream(path, source);
  globalThis.gc?.();
  const before = { host: process.memoryUsage.rss(), guest: await agentBytes(vm) };
  const peak = { ...before };
  let isOver = false;
  const looking = (async () => {
    while (!isOver) {
      peak.host = Math.max(peak.host, process.memoryUsage.rss());
      peak.guest = Math.max(peak.guest, await agentBytes(vm));
      await delay(lookMs);
    }
  })();
  try {
    await vm.files.writeStream(path, source);
    for await (const _ of vm.files.readStream(path));
  } finally {
    isOver = true;
    await looking;
  }
  return { host: peak.host - before.host, guest: peak.guest - before.guest };
}

/** Memory of the guest that is no cache of files: the agent's, beside that of the program that asks. */
async function agentBytes(vm) {
  const { stdout } = await vm.exec({ command: "awk '/^AnonPages/ {print $2}' /proc/meminfo" });
  return Number(Buffer.from(stdout).toString()) * 1_024;
}
