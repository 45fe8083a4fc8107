// What the VMs of a home have on the host, by the records of their machines: other work on the machine does not count.
import { existsSync, readFileSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** The record of the machine that a VM runs in now: its token, its control groups. */
export async function machineOf(home, id) {
  return JSON.parse(await readFile(join(home, "vms", id, "manifest.json"), "utf8")).machine;
}

/** Living processes of these machines: each has its machine's token among its arguments, helpers too. */
export async function processesOf(machines) {
  const tokens = machines.map(({ token }) => token);
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid);
  return pids.map(Number).filter((pid) => {
    const line = readOrEmpty(`/proc/${pid}/cmdline`);
    return tokens.some((token) => line.includes(token));
  });
}

/** Proportional set size of a process in bytes. */
export function pssOf(pid) {
  return Number(/^Pss:\s+(\d+) kB$/m.exec(readOrEmpty(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0) * 1_024;
}

/** The same without the one mapping of `size` bytes, the guest's memory. */
export function pssWithout(pid, size) {
  const mappings = readOrEmpty(`/proc/${pid}/smaps`).split(/^(?=[0-9a-f]+-[0-9a-f]+ )/m);
  const kib = (mapping, field) => Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, "m").exec(mapping)?.[1] ?? 0);
  const own = mappings.filter((mapping) => kib(mapping, "Size") * 1_024 !== size);
  return own.reduce((sum, mapping) => sum + kib(mapping, "Pss") * 1_024, 0);
}

/** What must not grow: processes and control groups of these machines, descriptors of this process, files and mounts of the home. */
export async function census(home, machines) {
  return {
    processes: (await processesOf(machines)).length,
    cgroups: machines.flatMap(({ cgroups }) => cgroups).filter((path) => existsSync(path)).length,
    descriptors: (await readdir("/proc/self/fd")).length,
    files: (await readdir(home, { recursive: true })).length,
    mounts: (await readFile("/proc/self/mounts", "utf8")).split("\n").filter((line) => line.includes(home)).length,
  };
}

function readOrEmpty(path) {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
