import { execFile } from "node:child_process";
import { open, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import { MicroVMError } from "../../errors.js";
import { hasCode } from "../../home.js";
import type { MachineRecord, MachineSpec } from "../driver.js";
import { type CgroupHost, cgroupParent } from "../host/cgroup.js";
import { identify, type ProcessIdentity } from "../host/process.js";
import { jailed, rootOf } from "./jail.js";

/** Where Firecracker and its jailer are, both of the same release. */
export interface Binaries {
  firecracker: string;
  jailer: string;
}

/** Making a jail is slow where many are made at once on a host with many mounts. */
const jailerMs = 30_000;
const pollMs = 2;
const mebibyte = 1_048_576;
/** What Firecracker itself takes besides the guest's memory, the pages that it writes a snapshot through included. */
const overheadMiB = 128;
/** Threads of Firecracker and of KVM for it, besides one for each virtual processor. */
const overheadThreads = 32;
/** Sockets of the guest's connections most of all. */
const maxFiles = 1_024;
/** Room beyond the largest file; one that grew past its limit would end the VM. */
const fileReserve = 64 * mebibyte;
const cpuPeriodUs = 100_000;
const minCpuQuotaUs = 1_000;

/** The jailer's arguments, then Firecracker's. */
export function jailerArguments(o: {
  binaries: Binaries;
  cgroups: CgroupHost;
  spec: MachineSpec;
  record: MachineRecord & { uid: number };
  largestFile: number;
}): string[] {
  const { record } = o;
  const limits = cgroupLimits(o.cgroups, o.spec);
  return [
    ...["--id", record.token, "--exec-file", o.binaries.firecracker],
    ...["--uid", String(record.uid), "--gid", String(record.uid), "--chroot-base-dir", record.jail],
    ...(limits.length === 0 ? [] : ["--cgroup-version", String(o.cgroups.version), "--parent-cgroup", cgroupParent]),
    ...limits.flatMap((limit) => ["--cgroup", limit]),
    ...["--resource-limit", `fsize=${o.largestFile + fileReserve}`, "--resource-limit", `no-file=${maxFiles}`],
    ...["--daemonize", "--new-pid-ns", "--"],
    ...["--api-sock", jailed.api, "--log-path", jailed.log, "--level", "Warning", "--show-level"],
  ];
}

/** Starts Firecracker in its jail. Throws MicroVMError `start_failed`, with what the jailer said. */
export async function startJailed(o: {
  binaries: Binaries;
  args: string[];
  record: MachineRecord;
}): Promise<ProcessIdentity> {
  const { record } = o;
  // Namespaces that nothing is in, and that go with their last process.
  const args = ["--net", "--ipc", "--uts", "--", o.binaries.jailer, ...o.args];
  try {
    const options = { timeout: jailerMs, killSignal: "SIGKILL", env: { PATH: process.env.PATH }, cwd: "/" } as const;
    const { stdout, stderr } = await promisify(execFile)("unshare", args, options);
    await note(record.log, `${stdout}${stderr}`);
  } catch (cause) {
    if (hasCode(cause, "ENOENT")) {
      const text = "unshare is not installed; install util-linux (on Debian: apt-get install util-linux).";
      throw new MicroVMError("requirement_missing", text, { cause });
    }
    const words = printable(outputOf(cause)) || "it said nothing";
    await note(record.log, words);
    throw new MicroVMError(
      "start_failed",
      `The jailer made no jail; run \`vibewriter vm check-host\`. It said: ${words}`,
      {
        cause,
      },
    );
  }
  return await jailedProcess(join(rootOf(record), `${basename(o.binaries.firecracker)}.pid`));
}

/** Each as the jailer wants it: `file=value`. What the host has no controller for is left out. */
function cgroupLimits({ version, roots }: CgroupHost, { memoryMiB, vcpus, limits }: MachineSpec): string[] {
  const memory = (memoryMiB + overheadMiB) * mebibyte;
  const found: string[] = [];
  if (roots.memory !== undefined) found.push(`${version === 2 ? "memory.max" : "memory.limit_in_bytes"}=${memory}`);
  if (roots.pids !== undefined) found.push(`pids.max=${vcpus + overheadThreads}`);
  if (roots.cpu !== undefined && limits?.cpus !== undefined) {
    const quota = Math.max(minCpuQuotaUs, Math.round(limits.cpus * cpuPeriodUs));
    found.push(version === 2 ? `cpu.max=${quota} ${cpuPeriodUs}` : `cpu.cfs_quota_us=${quota}`);
  }
  return found;
}

/** The jailer has ended by now; its child writes the pid a moment later, before the guest has had any part in it. */
async function jailedProcess(pidFile: string): Promise<ProcessIdentity> {
  const deadline = Date.now() + jailerMs;
  for (;;) {
    const text = await readFile(pidFile, "utf8").catch((error: unknown) => {
      if (hasCode(error, "ENOENT")) return "";
      throw error;
    });
    if (/^\d+$/.test(text)) {
      const identity = identify(Number(text));
      if (identity !== undefined) return identity;
      throw new MicroVMError("start_failed", "Firecracker ended at once; run `vibewriter vm check-host`.");
    }
    if (Date.now() > deadline) {
      throw new MicroVMError("start_failed", "Firecracker did not start in its jail; run `vibewriter vm check-host`.");
    }
    await delay(pollMs);
  }
}

async function note(path: string, text: string): Promise<void> {
  const file = await open(path, "a", 0o600);
  try {
    await file.appendFile(text);
  } finally {
    await file.close();
  }
}

function outputOf(error: unknown): string {
  if (!(error instanceof Error)) return "";
  const { stdout = "", stderr = "" } = error as Error & { stdout?: string; stderr?: string };
  return `${stdout}${stderr}`.trim();
}

/** For a message to a person: plain characters, and the end of it. */
function printable(text: string): string {
  return text.replaceAll(/[^\x20-\x7e\n]/g, " ").slice(-1_000);
}
