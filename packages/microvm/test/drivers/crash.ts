// An owner that clones a machine and saves it again, and is killed somewhere on the way. It writes the record down first, as owners do.
import { writeFileSync } from "node:fs";
import { openDriver } from "../../src/drivers/open.js";

const { paths, image, driver: name, record, spec, saved, to } = JSON.parse(process.argv[2] ?? "{}");
const driver = await openDriver({ paths, image, driver: name });
process.stdout.write("go\n");
const machine = await driver.restore(spec, record, saved);
writeFileSync(to.record, JSON.stringify(machine.record));
await driver.snapshot(machine, spec, to);
process.stdout.write("saved\n");
