import { readFile } from "node:fs/promises";
import { MicroVMError } from "../errors.js";
import type { HomePaths } from "../home.js";
import type { Driver, DriverName, ImageFiles } from "./driver.js";
import { findFirecracker } from "./firecracker/find.js";
import { FirecrackerDriver } from "./firecracker/firecracker.js";
import { findCgroups } from "./host/cgroup.js";
import { canOpenKvm, hostCpuModel, kvmBoots, kvmDevice } from "./probe.js";
import { findProgram, versionLine } from "./programs.js";
import type { Accelerator } from "./qemu/command.js";
import { findConfinement } from "./qemu/confinement.js";
import { QemuDriver } from "./qemu/qemu.js";

/** How VMs are to be run, and where the programs for it are; by default they are looked for. */
export interface DriverOptions {
  /** Default `auto`: Firecracker where a VM boots with it, else QEMU. */
  driver?: DriverName | "auto";
  /** Refuse anything but Firecracker in its jailer on hardware virtualization. Default: whether `VIBEWRITER_PRODUCTION` is 1. */
  production?: boolean;
  qemu?: string;
  firecracker?: string;
  jailer?: string;
}

type Wanted = DriverOptions & { paths: HomePaths; image: ImageFiles };

const qemuName = "qemu-system-x86_64";

/**
 * Finds the best way of running VMs here, or the one that is asked for. Throws MicroVMError `requirement_missing`, and
 * `isolation_refused` where production mode wants more than there is.
 */
export async function openDriver(o: Wanted): Promise<Driver> {
  const wanted = o.driver ?? "auto";
  if (o.production ?? process.env.VIBEWRITER_PRODUCTION === "1") return await openForProduction(wanted, o);
  if (wanted === "qemu") return await openQemu(o);
  const found = await openFirecracker(o);
  if (typeof found !== "string") return found;
  if (wanted === "auto") return await openQemu(o);
  throw new MicroVMError("requirement_missing", `VMs do not run with Firecracker here: ${found}; or use QEMU.`);
}

async function openForProduction(wanted: DriverName | "auto", o: Wanted): Promise<Driver> {
  const found = wanted === "qemu" ? "QEMU is asked for" : await openFirecracker(o);
  const reason = typeof found === "string" ? found : found.weaknesses[0]?.replace(/\.$/, "");
  if (reason === undefined && typeof found !== "string") return found;
  throw new MicroVMError(
    "isolation_refused",
    `Production mode runs VMs with Firecracker in its jailer on hardware virtualization and nothing else: ${reason}. See \`vibewriter vm check-host\`, or unset VIBEWRITER_PRODUCTION.`,
  );
}

/** A text says, as the end of a sentence, why VMs do not run with Firecracker here. */
async function openFirecracker(o: Wanted): Promise<FirecrackerDriver | string> {
  const binaries = await findFirecracker(o);
  if (typeof binaries === "string") return binaries;
  if (process.getuid?.() !== 0) return "its jailer has to be started by root";
  if (!(await canOpenKvm())) return `${kvmDevice} is absent or closed (use a machine with KVM)`;
  const release = (await readFile("/proc/sys/kernel/osrelease", "utf8")).trim();
  const driver = new FirecrackerDriver({
    binaries,
    version: binaries.version,
    host: `${await hostCpuModel()}, Linux ${release}`,
    cgroups: findCgroups(),
    run: o.paths.run,
  });
  if (await kvmBoots({ driver, image: o.image, paths: o.paths, cache: "kvm-firecracker.json" })) return driver;
  return "no VM boots on this machine's KVM (use a machine whose KVM runs ordinary guests)";
}

async function openQemu(o: Wanted): Promise<Driver> {
  const binary = o.qemu ?? (await findProgram(qemuName));
  if (binary === undefined) {
    const text = `${qemuName} is not on the PATH; install QEMU (on Debian: apt-get install qemu-system-x86) or run \`npm run setup\`.`;
    throw new MicroVMError("requirement_missing", text);
  }
  const [version, cpuModel] = [await versionLine(binary), await hostCpuModel()];
  const { cache, run } = o.paths;
  const confinement = await findConfinement({ cache, binary });
  const make = (accelerator: Accelerator) =>
    new QemuDriver({ binary, version, accelerator, confinement, cpuModel, run });
  const onKvm = make("kvm");
  const boots = await kvmBoots({ driver: onKvm, image: o.image, paths: o.paths, cache: "kvm.json" });
  return boots ? onKvm : make("tcg");
}
