// A process that owns a machine until somebody kills it: writes the machine's record, as every owner does first, and goes on from there.
import { writeFile } from "node:fs/promises";
import { FirecrackerDriver } from "../../src/drivers/firecracker/firecracker.js";
import { findCgroups } from "../../src/drivers/host/cgroup.js";

const { binaries, run, log, recordFile, spec, saved, save } = JSON.parse(process.argv[2] ?? "{}");
const driver = new FirecrackerDriver({ binaries, version: "0", host: "here", cgroups: findCgroups(), run });
const record = driver.create({ log });
await writeFile(recordFile, JSON.stringify(record));
if (save === undefined) console.log("begun");
const machine = saved === undefined ? await driver.start(spec, record) : await driver.restore(spec, record, saved);
if (save !== undefined) {
  console.log("begun");
  await driver.snapshot(machine, spec, save);
}
console.log("done");
setInterval(() => undefined, 1_000);
