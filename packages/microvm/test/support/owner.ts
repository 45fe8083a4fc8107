// A process that owns a home until somebody kills it: creates a VM, begins one long command, and says how far it is.
import { MicroVMs } from "../../src/index.js";

const { home, image, template, id, diskMiB, operationId, command } = JSON.parse(process.argv[2] ?? "{}");
const vms = await MicroVMs.open({ home, image });
const vm = await vms.create({ id, template, diskMiB });
console.log(`created ${vms.list()[0]?.pid}`);
await vm.exec({ command, operationId, onStdout: () => console.log("begun") });
