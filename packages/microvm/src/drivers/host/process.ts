import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { MicroVMError } from "../../errors.js";
import { hasCode } from "../../home.js";

/** Names one process for good: a pid alone may be given to another process later. */
export interface ProcessIdentity {
  pid: number;
  /** Start time in clock ticks since the kernel booted, from /proc/<pid>/stat. */
  startTime: number;
  /** The kernel's boot id. */
  boot: string;
}

const pollMs = 5;

/** Identifies a process that lives now; undefined if it does not. */
export function identify(pid: number): ProcessIdentity | undefined {
  const startTime = startTimeOf(pid);
  return startTime === undefined ? undefined : { pid, startTime, boot: kernelBootId() };
}

export function isAlive(identity: ProcessIdentity): boolean {
  return identity.boot === kernelBootId() && startTimeOf(identity.pid) === identity.startTime;
}

/** Ends exactly this process with SIGKILL and waits until it is gone. Throws MicroVMError `internal` if it stays. */
export async function killProcess(identity: ProcessIdentity, deadlineMs = 10_000): Promise<void> {
  if (!isAlive(identity)) return;
  try {
    process.kill(identity.pid, "SIGKILL");
  } catch (error) {
    if (!hasCode(error, "ESRCH")) throw error;
  }
  const deadline = Date.now() + deadlineMs;
  while (isAlive(identity)) {
    if (Date.now() > deadline) {
      throw new MicroVMError("internal", `Process ${identity.pid} did not end after SIGKILL; look at it with ps.`);
    }
    await delay(pollMs);
  }
}

/** Every living process with `token` among its arguments. The token must be random enough to be nobody else's. */
export function findByArgument(token: string): ProcessIdentity[] {
  const found: ProcessIdentity[] = [];
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    if (!readProc(`/proc/${name}/cmdline`)?.split("\0").includes(token)) continue;
    const identity = identify(Number(name));
    if (identity !== undefined) found.push(identity);
  }
  return found;
}

/** Linux counts processor time in hundredths of a second for every program. */
const msPerTick = 10;

/** Processor time, memory and threads of a living process. Throws MicroVMError `stopped` if it is gone. */
export function processStats(identity: ProcessIdentity): { cpuMs: number; memoryBytes: number; processes: number } {
  const stat = isAlive(identity) ? readProc(`/proc/${identity.pid}/stat`) : undefined;
  const rollup = readProc(`/proc/${identity.pid}/smaps_rollup`);
  if (stat === undefined || rollup === undefined) {
    throw new MicroVMError("stopped", "The VM's process has ended; start the VM again.");
  }
  const fields = stat
    .slice(stat.lastIndexOf(")") + 2)
    .split(" ")
    .map(Number);
  const [userTicks = 0, systemTicks = 0] = [fields[11], fields[12]];
  const pssKiB = Number(/^Pss:\s+(\d+) kB$/m.exec(rollup)?.[1] ?? 0);
  return { cpuMs: (userTicks + systemTicks) * msPerTick, memoryBytes: pssKiB * 1_024, processes: fields[17] ?? 1 };
}

let bootId: string | undefined;

export function kernelBootId(): string {
  bootId ??= readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  return bootId;
}

function startTimeOf(pid: number): number | undefined {
  const stat = readProc(`/proc/${pid}/stat`);
  if (stat === undefined) return undefined;
  // The second field is the name in parentheses and may hold anything; the rest follows the last parenthesis.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [state] = fields;
  if (state === "Z" || state === "X") return undefined;
  return Number(fields[19]);
}

function readProc(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    // The process ended between two looks at it: absent is the answer.
    return undefined;
  }
}
