import { statfs } from "node:fs/promises";
import { availableParallelism, totalmem } from "node:os";
import { z } from "zod";
import { MicroVMError } from "./errors.js";
import type { TemplateSpec } from "./templates/spec.js";

/** What one VM may use. Memory and processors are its template's, the size of its disk its own. Absent: no bound of that kind. */
export interface VmLimits {
  /** Processors' worth of time, such as 0.5, whatever number of processors it has. */
  cpus?: number;
  /** Bytes a second that its disk takes or gives. */
  diskBytesPerSecond?: number;
  /** Bytes a second through the gateway, both directions together. */
  egressBytesPerSecond?: number;
  /** Processes and threads of all its programs. */
  processes?: number;
  /** Most output of one command, both channels together, in bytes; what is past it is discarded. */
  outputBytes?: number;
  /** Seconds since its creation, whatever it does. Then a VM with a disk is stopped and starts no more, one without is destroyed. */
  lifeSeconds?: number;
  /** After so many seconds without a call, a VM with a disk is stopped; the next call starts it. */
  idleSeconds?: number;
}

/** What all VMs of one user may use together. A VM that does not run counts in `vms` and `diskMiB` alone. */
export interface UserLimits {
  vms?: number;
  memoryMiB?: number;
  vcpus?: number;
  diskMiB?: number;
}

const count = z.number().int().positive();

export const vmLimits = z.strictObject({
  cpus: z.number().min(0.01).max(1_024).optional(),
  diskBytesPerSecond: count.min(65_536).optional(),
  egressBytesPerSecond: count.min(1_024).optional(),
  processes: count.max(1_000_000).optional(),
  outputBytes: count.max(67_108_864).optional(),
  lifeSeconds: count.optional(),
  idleSeconds: count.optional(),
});

/** Of the VMs that a user has and the one that is asked for, how much there is of each thing that is limited. */
export type UserUse = Required<UserLimits>;

const mebibyte = 1_048_576;

/**
 * Throws MicroVMError `limit_exceeded` if this machine, with the disk that `directory` is on, could never give a VM what it asks for;
 * `invalid_argument` for limits that make no sense.
 */
export async function checkHost(
  o: { template: TemplateSpec; diskMiB?: number; limits?: VmLimits },
  directory: string,
): Promise<void> {
  const { template, limits, diskMiB } = o;
  if (limits?.idleSeconds !== undefined && diskMiB === undefined) {
    const text = "A VM without a disk would lose all it holds when it is stopped for being idle; give it a disk.";
    throw new MicroVMError("invalid_argument", text);
  }
  const cpus = availableParallelism();
  const asked = [
    { what: "processors", value: template.vcpus ?? 1, most: cpus },
    { what: "processors' worth of time", value: limits?.cpus ?? 0, most: cpus },
    { what: "MiB of memory", value: template.memoryMiB, most: Math.floor(totalmem() / mebibyte) },
    { what: "MiB of disk", value: diskMiB ?? 0, most: await hostDiskMiB(directory) },
  ];
  for (const { what, value, most } of asked) {
    if (value <= most) continue;
    throw exceeded(`This machine has ${most} ${what} and the VM asks for ${value}; ask for less.`);
  }
}

/** The size of the file system that `directory` is on, in MiB: the largest disk that a VM may be promised there. */
export async function hostDiskMiB(directory: string): Promise<number> {
  const { blocks, bsize } = await statfs(directory);
  return Math.floor((blocks * bsize) / mebibyte);
}

/** Throws MicroVMError `limit_exceeded` if `use`, the sum of a user's VMs with the one that is asked for, is more than one user may have. */
export function checkUser(user: string, limits: UserLimits, use: UserUse): void {
  const units = { vms: "VMs", memoryMiB: "MiB of memory", vcpus: "processors", diskMiB: "MiB of disk" };
  for (const [key, unit] of Object.entries(units) as [keyof UserLimits, string][]) {
    const most = limits[key];
    if (most === undefined || use[key] <= most) continue;
    const words = `The VMs of ${user} would have ${use[key]} ${unit} together, and ${most} are allowed`;
    throw exceeded(`${words}; ${key === "vms" || key === "diskMiB" ? "destroy" : "stop"} one of them first.`);
  }
}

function exceeded(text: string): MicroVMError {
  return new MicroVMError("limit_exceeded", text);
}
