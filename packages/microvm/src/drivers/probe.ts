import { constants } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { Connection } from "../client/connection.js";
import { isMicroVMError } from "../errors.js";
import { type HomePaths, readJson, writeJson } from "../home.js";
import type { Driver, ImageFiles } from "./driver.js";
import { kernelBootId } from "./host/process.js";
import { canAccess } from "./programs.js";

/** A guest on a KVM that works says hello in a second or two. */
const kvmBootMs = 8_000;
const probeMemoryMiB = 256;
const answer = z.object({ key: z.string(), kvm: z.boolean() });

export const kvmDevice = "/dev/kvm";

/** True if this process may make VMs on KVM; whether one ever boots is another matter. */
export function canOpenKvm(): Promise<boolean> {
  return canAccess(kvmDevice, constants.R_OK | constants.W_OK);
}

/**
 * True if a guest really comes up with this driver on KVM. /dev/kvm can open, and even create a VM, where no ordinary guest ever boots; so
 * one is booted, once for each boot of this machine, version of the driver and image. The answer is kept in `cache`, a file of the cache.
 */
export async function kvmBoots(o: {
  driver: Driver;
  image: ImageFiles;
  paths: HomePaths;
  cache: string;
}): Promise<boolean> {
  if (!(await canOpenKvm())) return false;
  const cache = join(o.paths.cache, o.cache);
  const key = JSON.stringify([kernelBootId(), o.driver.fingerprint, o.image.digest]);
  const known = await readJson(cache, answer);
  if (known?.key === key) return known.kvm;
  const kvm = await boots(o);
  await writeJson(cache, { key, kvm });
  return kvm;
}

/** What a saved machine depends on, besides its driver. */
export async function hostCpuModel(): Promise<string> {
  const text = await readFile("/proc/cpuinfo", "utf8");
  return /^(?:model name|CPU part)\s*:\s*(.+)$/m.exec(text)?.[1] ?? "unknown";
}

async function boots({
  driver,
  image,
  paths,
}: {
  driver: Driver;
  image: ImageFiles;
  paths: HomePaths;
}): Promise<boolean> {
  const record = driver.create({ log: join(paths.run, `probe-${driver.name}.log`) });
  try {
    const machine = await driver.start({ image, layers: [], memoryMiB: probeMemoryMiB, vcpus: 1 }, record);
    const isDoomed = () => !machine.isAlive();
    const connection = await Connection.open(record.rpc, { deadlineMs: kvmBootMs, fresh: true, isDoomed });
    await connection.close();
    return true;
  } catch (error) {
    if (isMicroVMError(error, "connection_lost", "start_failed", "protocol_violation")) return false;
    throw error;
  } finally {
    await driver.destroy(record);
    await rm(record.log, { force: true });
  }
}
