import { readdir, readFile, readlink } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";

/** A process named so that a reused pid is not mistaken for it. */
export interface ProcessIdentity {
  pid: number;
  /** Clock ticks between boot and the start of the process: field 22 of /proc/<pid>/stat. */
  startTime: string;
  /** The kernel's id of this boot: start times repeat over boots. */
  bootId: string;
}

/** The identity of a living process, or `undefined` if there is none with this pid. */
export async function identify(pid: number): Promise<ProcessIdentity | undefined> {
  const stat = await procStat(pid);
  if (!stat) return undefined;
  const bootId = (await readFile("/proc/sys/kernel/random/boot_id", "utf8")).trim();
  return { pid, startTime: stat.startTime, bootId };
}

/** True if exactly this process lives (a zombie does not). */
export async function isAlive(process: ProcessIdentity): Promise<boolean> {
  const now = await identify(process.pid);
  return now !== undefined && now.startTime === process.startTime && now.bootId === process.bootId;
}

/** Ends a process that is not our child: TERM, then KILL after `graceMs`. Returns when it is gone. */
export async function endProcess(target: ProcessIdentity, graceMs: number): Promise<void> {
  for (const [signal, waitMs] of [
    ["SIGTERM", graceMs],
    ["SIGKILL", 5_000],
  ] as const) {
    if (!(await isAlive(target))) return;
    try {
      process.kill(target.pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ESRCH") return;
      throw error;
    }
    const until = Date.now() + waitMs;
    while (Date.now() < until && (await isAlive(target))) await sleep(10);
  }
}

/** Processes whose command line has `argument` as one of its words: how an orphan is found without a run file. */
export async function withArgument(argument: string): Promise<number[]> {
  const found: number[] = [];
  for (const name of await readdir("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const words = (await readFile(`/proc/${name}/cmdline`, "utf8")).split("\0");
      if (words.includes(argument) && (await procStat(Number(name)))) found.push(Number(name));
    } catch (error) {
      if (!vanished(error)) throw error;
    }
  }
  return found;
}

/** The program that the parent of `pid` runs, or `undefined` if that cannot be seen. */
export async function parentProgram(pid: number): Promise<{ pid: number; program: string } | undefined> {
  const stat = await procStat(pid);
  if (!stat) return undefined;
  try {
    return { pid: stat.parent, program: await readlink(`/proc/${stat.parent}/exe`) };
  } catch (error) {
    if (vanished(error)) return undefined;
    throw error;
  }
}

async function procStat(pid: number): Promise<{ parent: number; startTime: string } | undefined> {
  let text: string;
  try {
    text = await readFile(`/proc/${pid}/stat`, "utf8");
  } catch (error) {
    if (vanished(error)) return undefined;
    throw error;
  }
  // The second field is the program's name in parentheses, which may itself hold spaces and parentheses.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const [state, parent, startTime] = [fields[0], fields[1], fields[19]];
  if (state === "Z" || state === "X" || parent === undefined || startTime === undefined) return undefined;
  return { parent: Number(parent), startTime };
}

function vanished(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code;
  return code === "ENOENT" || code === "ESRCH" || code === "EACCES";
}
