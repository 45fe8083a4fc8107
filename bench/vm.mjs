// How fast microVMs start and answer, on this machine and its kind of isolation.
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { MicroVMs } from "../packages/microvm/dist/index.js";
import { callRows } from "./vm/calls.mjs";
import { p50, percentile, repeat, row, timed } from "./vm/measure.mjs";

const template = { name: "bench", memoryMiB: 256, layers: [], warm: [["/bin/sh", "-c", "true"]] };
const starts = 20;

/** Measures and returns rows of `{ name, value, unit, bar, holds, against? }`. Values in seconds, milliseconds, MiB/s, MiB and calls a second. */
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
  const answers = await callRows(vm);
  await vm.destroy();
  const emulated = vms.isolation === "emulated";
  return [
    row("vm.restore_first_call_p50", p50(restores) / 1_000, "s", emulated ? 0.15 : 0.03),
    row("vm.restore_first_call_p95", percentile(restores, 0.95) / 1_000, "s", emulated ? 0.3 : null),
    row("vm.restore_disk_first_call_p50", p50(restoresWithDisk) / 1_000, "s", null),
    ...answers,
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
