// How fast microVMs start and answer, on this machine and its kind of isolation.
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { MicroVMs } from "../packages/microvm/dist/index.js";

const template = { name: "bench", memoryMiB: 256, layers: [], warm: [["/bin/sh", "-c", "true"]] };
const starts = 12;
const mebibytes = 32;

/** Measures and returns the rows of design decision 16. Values in seconds, milliseconds, MiB/s and calls a second. */
export async function rows() {
  const home = await mkdtemp(join(tmpdir(), "vw-bench-"));
  try {
    const vms = await MicroVMs.open({ home, image: await builtImage() });
    try {
      return await measure(vms);
    } finally {
      await vms.stopAll();
    }
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

async function measure(vms) {
  // Builds the template, so that no start below pays for it.
  await (await vms.create({ template })).destroy();
  const restores = await repeat(starts, () => startOnce(vms, undefined));
  const restoresWithDisk = await repeat(starts, () => startOnce(vms, 1_024));
  const vm = await vms.create({ template, diskMiB: 1_024 });
  await vm.exec({ command: "true" });
  const pings = await repeat(200, () => vm.ping());
  const execs = await repeat(40, () => timed(() => vm.exec({ argv: ["/bin/true"] })));
  const onHost = await repeat(40, () => timed(() => promisify(execFile)("/bin/true")));
  const content = randomBytes(mebibytes * 1_048_576);
  const writes = await repeat(5, () => timed(() => vm.files.write("/workspace/bench.bin", content, { parents: true })));
  const reads = await repeat(5, () => timed(() => vm.files.read("/workspace/bench.bin")));
  const calls = 500;
  const burst = await timed(() =>
    Promise.all(Array.from({ length: calls }, () => vm.files.stat("/workspace/bench.bin"))),
  );
  await vm.destroy();
  const emulated = vms.isolation === "emulated";
  return [
    // The promise is for emulation; the goal beyond it is 0.15 s.
    row("vm.restore_first_call_p50", p50(restores) / 1_000, "s", emulated ? 0.3 : 0.15),
    row("vm.restore_disk_first_call_p50", p50(restoresWithDisk) / 1_000, "s", null),
    row("vm.ping_p50", p50(pings), "ms", null),
    row("vm.exec_true_p50", p50(execs), "ms", null, { name: "host", value: rounded(p50(onHost)) }),
    row("vm.read_32m", mebibytes / (p50(reads) / 1_000), "MiB/s", null),
    row("vm.write_32m", mebibytes / (p50(writes) / 1_000), "MiB/s", null),
    row("vm.small_calls", calls / (burst / 1_000), "calls/s", null),
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

async function builtImage() {
  const path = join(process.env.VIBEWRITER_HOME ?? join(homedir(), ".vibewriter"), "setup.json");
  if (!existsSync(path)) throw new Error(`There is no VM image on record at ${path}: run \`npm run setup\`.`);
  return JSON.parse(await readFile(path, "utf8")).image;
}

function row(name, value, unit, bar, against) {
  const figure = rounded(value);
  return {
    name,
    value: figure,
    unit,
    bar,
    holds: bar === null || figure <= bar,
    against,
  };
}

async function repeat(times, once) {
  const values = [];
  for (let round = 0; round < times; round++) values.push(await once());
  return values;
}

async function timed(work) {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

const p50 = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
const rounded = (value) => Number(value.toPrecision(3));
