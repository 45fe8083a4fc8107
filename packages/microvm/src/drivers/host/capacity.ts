import { statfs } from "node:fs/promises";
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

/**
 * Throws MicroVMError `no_space` unless a machine's memory fits into a folder. It is asked before anything is done to a machine that is to
 * be saved, so that it runs on; and what writes a mapped file is killed when the disk is full.
 */
export async function requireSpace(folder: string, memoryMiB: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  if (bavail * bsize >= memoryMiB * mebibyte) return;
  const text = `The VM was not saved and runs on: its memory may take ${memoryMiB} MiB, and ${folder} has less; free some disk space.`;
  throw new MicroVMError("no_space", text);
}

function exceeded(wanted: string, there: string): MicroVMError {
  const text = `The VM is to have ${wanted}, and this host has ${there}; ask for less.`;
  return new MicroVMError("limit_exceeded", text);
}
