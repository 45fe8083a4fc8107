import { execFile } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { MicroVMError } from "../../errors.js";
import { hasCode } from "../../home.js";
import { type CgroupHost, cgroupFolders, controllers, findCgroups, removeCgroup } from "./cgroup.js";
import { insideCgroups } from "./launch.js";
import { identify } from "./process.js";

/** What a machine's processes may use of the host together. */
export interface CgroupLimits {
  memoryBytes: number;
  /** Processes and threads. */
  processes: number;
  /** Processors' worth of time. */
  cpus?: number;
}

const cpuPeriodUs = 100_000;
const minCpuQuotaUs = 1_000;
const probeMs = 5_000;
const probePrefix = "probe-";

/** The control groups in which limits can really be set by this process, tried out; undefined if there are none. */
export async function findLimitingCgroups(): Promise<CgroupHost | undefined> {
  const host = findCgroups();
  if (controllers.some((controller) => host.roots[controller] === undefined)) return undefined;
  for (const candidate of [host, ...delegated(host, readFileSync("/proc/self/cgroup", "utf8"))]) {
    if (await works(candidate)) return candidate;
  }
  return undefined;
}

/**
 * Makes control groups with limits. Throws what the system says, MicroVMError `internal` if it takes a limit and does not keep it. The
 * kernel's own files answer at once: waiting for a thread to ask each of them would take longer, on a busy host by far.
 */
export function makeCgroups(version: 1 | 2, folders: string[], limits: CgroupLimits): void {
  for (const folder of folders) {
    mkdirSync(folder, { recursive: true });
    for (const [name, value] of settings(version, limits)) {
      try {
        writeFileSync(join(folder, name), value);
      } catch (error) {
        // Of version 1, each hierarchy has its own settings, and refuses to make others; a kernel may count no swap.
        if (!hasCode(error, "ENOENT") && !hasCode(error, "EACCES") && !hasCode(error, "EPERM")) throw error;
      }
    }
  }
  if (isInForce(version, folders, limits)) return;
  throw new MicroVMError("internal", `The limits of ${folders.join(", ")} were not taken; run \`vibewriter doctor\`.`);
}

/** Processor time in milliseconds, and processes with their threads, of all that is in these groups; what is not known is absent. */
export function cgroupStats(folders: string[]): { cpuMs?: number; processes?: number } {
  const usageUs = /^usage_usec (\d+)$/m.exec(readFirst(folders, "cpu.stat"))?.[1];
  const processes = readFirst(folders, "pids.current");
  return {
    cpuMs: usageUs === undefined ? undefined : Number(usageUs) / 1_000,
    processes: processes === "" ? undefined : Number(processes),
  };
}

/** Where a part of version 2's tree was given to this user: beside the group that this process is in. */
function delegated(host: CgroupHost, own: string): CgroupHost[] {
  const ours = /^0::(.+)$/m.exec(own)?.[1] ?? "/";
  if (host.version !== 2 || ours === "/") return [];
  const beside = controllers.map((controller) => [controller, join(host.roots[controller] ?? "", dirname(ours))]);
  return [{ version: 2, roots: Object.fromEntries(beside) }];
}

/** True if a process can be put into a group with limits here. */
async function works(host: CgroupHost): Promise<boolean> {
  const folders = cgroupFolders(host, `${probePrefix}${process.pid}`);
  const parents = folders.map((folder) => dirname(folder));
  await Promise.all(parents.map(removeOldProbes));
  let isUsable = false;
  try {
    if (host.version === 2) for (const parent of parents) await delegate(parent);
    makeCgroups(host.version, folders, { memoryBytes: 2 ** 26, processes: 16, cpus: 1 });
    const [program = "", ...args] = insideCgroups(folders, { fileBytes: 2 ** 20 }, ["/bin/sh", "-c", "exit 0"]);
    await promisify(execFile)(program, args, { timeout: probeMs });
    isUsable = true;
  } catch {
    // Whatever stands against it: limits cannot be set here, and the driver says so.
  }
  // A group that somebody else uses by now cannot be removed, and need not be.
  for (const folder of isUsable ? folders : [...folders, ...parents]) await removeCgroup(folder).catch(() => undefined);
  return isUsable;
}

/** One that was killed while it tried leaves a group behind. */
async function removeOldProbes(parent: string): Promise<void> {
  const names = await readdir(parent).catch(() => []);
  const old = names.filter(
    (name) => name.startsWith(probePrefix) && identify(Number(name.slice(probePrefix.length))) === undefined,
  );
  await Promise.all(old.map((name) => removeCgroup(join(parent, name))));
}

/** Hands the controllers down to the groups of machines. */
async function delegate(parent: string): Promise<void> {
  await mkdir(parent, { recursive: true });
  for (const folder of [dirname(parent), parent]) {
    const file = join(folder, "cgroup.subtree_control");
    const enabled = (await readFile(file, "utf8")).split(/\s+/);
    const absent = controllers.filter((controller) => !enabled.includes(controller));
    if (absent.length > 0) await writeFile(file, absent.map((controller) => `+${controller}`).join(" "));
  }
}

function settings(version: 1 | 2, { memoryBytes, processes, cpus }: CgroupLimits): [string, string][] {
  const quotaUs = cpus === undefined ? undefined : Math.max(minCpuQuotaUs, Math.round(cpus * cpuPeriodUs));
  if (version === 2) {
    return [
      ["memory.max", String(memoryBytes)],
      ["memory.swap.max", "0"],
      ["pids.max", String(processes)],
      ["cpu.max", `${quotaUs ?? "max"} ${cpuPeriodUs}`],
    ];
  }
  return [
    ["memory.limit_in_bytes", String(memoryBytes)],
    ["memory.swappiness", "0"],
    ["pids.max", String(processes)],
    ["cpu.cfs_quota_us", String(quotaUs ?? -1)],
  ];
}

/** Whether the limits were taken, not only written: a kernel rounds memory down to pages. */
function isInForce(version: 1 | 2, folders: string[], limits: CgroupLimits): boolean {
  const [memory, cpu] = version === 2 ? ["memory.max", "cpu.max"] : ["memory.limit_in_bytes", "cpu.cfs_quota_us"];
  const value = (name: string) => Number.parseInt(readFirst(folders, name), 10);
  const isCpuLimited = limits.cpus === undefined || value(cpu) > 0;
  return isCpuLimited && value(memory) <= limits.memoryBytes && value("pids.max") <= limits.processes;
}

/** The first of these files that there is; empty if there is none. */
function readFirst(folders: string[], name: string): string {
  for (const folder of folders) {
    try {
      return readFileSync(join(folder, name), "utf8").trim();
    } catch {
      // Another hierarchy has it, or none.
    }
  }
  return "";
}
