import { execFile } from "node:child_process";
import { constants } from "node:fs";
import { access, readFile, rm } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { z } from "zod";
import { Connection } from "../client/connection.js";
import { isMicroVMError, MicroVMError } from "../errors.js";
import { type HomePaths, readJson, writeJson } from "../home.js";
import type { Driver, ImageFiles } from "./driver.js";
import { kernelBootId } from "./host/process.js";
import type { Accelerator } from "./qemu/command.js";
import { QemuDriver } from "./qemu/qemu.js";

const binaryName = "qemu-system-x86_64";
/** A guest on a KVM that works says hello in a second or two. */
const kvmBootMs = 8_000;
const probeMemoryMiB = 256;
const answer = z.object({ key: z.string(), kvm: z.boolean() });

/** Finds QEMU and the best way of running it here. Throws MicroVMError `requirement_missing`. */
export async function openDriver(o: { paths: HomePaths; image: ImageFiles; qemu?: string }): Promise<Driver> {
  const binary = o.qemu ?? (await findBinary());
  const version = await qemuVersion(binary);
  const cpuModel = await hostCpuModel();
  const accelerator: Accelerator = (await kvmBoots({ ...o, binary, version, cpuModel })) ? "kvm" : "tcg";
  return new QemuDriver({ binary, version, accelerator, cpuModel, run: o.paths.run });
}

type ProbeInput = { paths: HomePaths; image: ImageFiles; binary: string; version: string; cpuModel: string };

/**
 * True if a guest really comes up on KVM. /dev/kvm can open, and even create a VM, where no ordinary guest ever boots; so
 * one is booted, once for each boot of this machine, version of QEMU and image.
 */
async function kvmBoots(o: ProbeInput): Promise<boolean> {
  if (!(await canOpenKvm())) return false;
  const cache = join(o.paths.cache, "kvm.json");
  const key = JSON.stringify([kernelBootId(), o.version, o.image.digest]);
  const known = await readJson(cache, answer);
  if (known?.key === key) return known.kvm;
  const kvm = await bootOnKvm(o);
  await writeJson(cache, { key, kvm });
  return kvm;
}

async function bootOnKvm(o: ProbeInput): Promise<boolean> {
  const driver = new QemuDriver({ ...o, accelerator: "kvm", run: o.paths.run });
  const record = driver.create({ log: join(o.paths.run, "kvm.log") });
  try {
    const machine = await driver.start({ image: o.image, layers: [], memoryMiB: probeMemoryMiB, vcpus: 1 }, record);
    const isDoomed = () => !machine.isAlive();
    const connection = await Connection.open(record.rpc.path, { deadlineMs: kvmBootMs, isDoomed });
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

async function canOpenKvm(): Promise<boolean> {
  return access("/dev/kvm", constants.R_OK | constants.W_OK).then(
    () => true,
    () => false,
  );
}

async function findBinary(): Promise<string> {
  for (const directory of (process.env.PATH ?? "").split(delimiter)) {
    const candidate = join(directory, binaryName);
    const usable = await access(candidate, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (directory !== "" && usable) return candidate;
  }
  throw new MicroVMError(
    "requirement_missing",
    `${binaryName} is not on the PATH; install QEMU (on Debian: apt-get install qemu-system-x86) or run \`npm run setup\`.`,
  );
}

async function qemuVersion(binary: string): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(binary, ["--version"], { timeout: 10_000 });
    return stdout.split("\n")[0] ?? "";
  } catch (cause) {
    throw new MicroVMError("requirement_missing", `${binary} does not run; install QEMU again.`, { cause });
  }
}

async function hostCpuModel(): Promise<string> {
  return /^model name\s*:\s*(.+)$/m.exec(await readFile("/proc/cpuinfo", "utf8"))?.[1] ?? "unknown";
}
