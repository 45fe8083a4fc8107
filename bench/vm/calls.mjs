// How fast one VM answers, and how fast and in how much memory files go in and out.
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { promisify } from "node:util";
import { p50, repeat, rounded, row, rowOfAtLeast, timed } from "./measure.mjs";

const mebibyte = 1_048_576;
const fileMiB = 32;
/** Twice the memory of the VM: neither side can hold it. */
const streamMiB = 512;
const calls = 2_000;
const inFlight = 16;

/** Measures a VM of 256 MiB with a disk of 1 GiB. Values in milliseconds, MiB/s, calls a second and MiB. */
export async function callRows(vm) {
  await vm.exec({ command: "true" });
  const pings = await repeat(300, () => vm.ping());
  const execs = await repeat(40, () => timed(() => vm.exec({ command: "true" })));
  const onHost = await repeat(40, () => timed(() => promisify(execFile)("/bin/sh", ["-c", "true"])));
  const content = randomBytes(fileMiB * mebibyte);
  const path = "/workspace/bench.bin";
  const writes = await repeat(9, () => timed(() => vm.files.write(path, content, { parents: true })));
  const reads = await repeat(9, () => timed(() => vm.files.read(path)));
  const bursts = await repeat(3, () => timed(() => burst(() => vm.files.stat(path))));
  const growth = await streamGrowth(vm);
  return [
    row("vm.ping_p50", p50(pings), "ms", 0.6),
    row("vm.exec_true_p50", p50(execs), "ms", 50, { name: "host", value: rounded(p50(onHost)) }),
    rowOfAtLeast("vm.read_32m", fileMiB / (p50(reads) / 1_000), "MiB/s", 50),
    rowOfAtLeast("vm.write_32m", fileMiB / (p50(writes) / 1_000), "MiB/s", 50),
    rowOfAtLeast("vm.small_calls", calls / (p50(bursts) / 1_000), "calls/s", 1_500),
    row("vm.stream_host_growth", growth, "MiB", 100),
  ];
}

async function burst(call) {
  let begun = 0;
  const worker = async () => {
    while (begun++ < calls) await call();
  };
  await Promise.all(Array.from({ length: inFlight }, worker));
}

/** The most that this process grows while a file of twice the VM's memory goes in and comes out. */
async function streamGrowth(vm) {
  const before = process.memoryUsage().rss;
  let most = 0;
  const note = () => {
    most = Math.max(most, process.memoryUsage().rss - before);
  };
  await vm.files.writeStream("/workspace/stream.bin", async function* () {
    for (let sent = 0; sent < streamMiB; sent++) {
      yield Buffer.alloc(mebibyte, sent);
      note();
    }
  });
  for await (const _ of vm.files.readStream("/workspace/stream.bin")) note();
  await vm.files.remove("/workspace/stream.bin");
  return most / mebibyte;
}
