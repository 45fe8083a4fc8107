import { availableParallelism, totalmem } from "node:os";
import { MicroVMError } from "../../errors.js";
import type { MachineSpec } from "../driver.js";

const mebibyte = 1_048_576;

/** Throws MicroVMError `limit_exceeded` if a machine is allowed more than this host has. */
export function requireCapacity({ memoryMiB, vcpus, limits }: MachineSpec): void {
  const processors = availableParallelism();
  const hostMiB = Math.floor(totalmem() / mebibyte);
  if (memoryMiB > hostMiB) throw exceeded(`${memoryMiB} MiB of memory`, `${hostMiB} MiB`);
  if (vcpus > processors) throw exceeded(`${vcpus} processors`, String(processors));
  if ((limits?.cpus ?? 0) > processors) throw exceeded(`the time of ${limits?.cpus} processors`, String(processors));
}

function exceeded(wanted: string, there: string): MicroVMError {
  const text = `The VM is to have ${wanted}, and this host has ${there}; ask for less.`;
  return new MicroVMError("limit_exceeded", text);
}
