// What the VMs of a home have on the host: their processes, found by the folder of the home in their arguments or in their records.

import { readFileSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";

/** The processes that have `needle` (a path of the home, or a machine's token) in their command line. */
export async function processesWith(needles) {
  const found = [];
  for (const name of await readdir("/proc")) {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) continue;
    const line = readOrEmpty(`/proc/${name}/cmdline`);
    if (needles.some((needle) => line.includes(needle))) found.push(Number(name));
  }
  return found;
}

/** Proportional set size of a process in bytes. */
export function pssOf(pid) {
  return Number(/^Pss:\s+(\d+) kB$/m.exec(readOrEmpty(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0) * 1_024;
}

/** Processes, descriptors of this process, files under a home, control groups and mounts: what must not grow. */
export async function census(home) {
  return {
    processes: (await readdir("/proc")).filter((name) => /^\d+$/.test(name)).length,
    descriptors: (await readdir("/proc/self/fd")).length,
    files: (await readdir(home, { recursive: true })).length,
    cgroups: (await cgroupFolders("/sys/fs/cgroup")).length,
    mounts: (await readFile("/proc/self/mounts", "utf8")).split("\n").length,
  };
}

async function cgroupFolders(folder) {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch(() => []);
  return entries.filter((entry) => entry.isDirectory());
}

function readOrEmpty(path) {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
