import { existsSync, readFileSync, rmdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { MicroVMError } from "../../errors.js";
import { hasCode } from "../../home.js";
import { identify, killProcess, type ProcessIdentity } from "./process.js";

/** What VMs are bounded by. */
export const controllers = ["cpu", "memory", "pids"] as const;
export type Controller = (typeof controllers)[number];

/** The control groups of this host: which version counts, and where each controller that there is is mounted. */
export interface CgroupHost {
  version: 1 | 2;
  roots: Partial<Record<Controller, string>>;
}

/** The group that holds those of all VMs. */
export const cgroupParent = "vibewriter";
const emptyMs = 5_000;
const pollMs = 5;

/**
 * Version 2 where it has the controllers, else version 1. A host can have both mounted, with all controllers in the older one.
 * `mounts` is the text of /proc/mounts, `readFile` answers empty text for what is not there.
 */
export function findCgroups(mounts = readFileSync("/proc/mounts", "utf8"), readFile = read): CgroupHost {
  const entries = mounts.split("\n").map((line) => {
    const [, path = "", type = "", options = ""] = line.split(" ");
    return { path, type, options: options.split(",") };
  });
  const unified = entries.find(({ type }) => type === "cgroup2");
  if (unified !== undefined) {
    const offered = readFile(join(unified.path, "cgroup.controllers")).split(/\s+/);
    const roots = rootsOf((controller) => (offered.includes(controller) ? unified.path : undefined));
    if (Object.keys(roots).length > 0) return { version: 2, roots };
  }
  const older = entries.filter(({ type }) => type === "cgroup");
  return {
    version: 1,
    roots: rootsOf((controller) => older.find(({ options }) => options.includes(controller))?.path),
  };
}

/** The folders of the groups that a VM named `name` has, one for each hierarchy. */
export function cgroupFolders(host: CgroupHost, name: string): string[] {
  return [...new Set(Object.values(host.roots))].map((root) => join(root, cgroupParent, name));
}

/** Every process in these groups. */
export function cgroupMembers(folders: readonly string[]): ProcessIdentity[] {
  const pids = folders.flatMap((folder) => read(join(folder, "cgroup.procs")).split("\n").filter(Boolean));
  return [...new Set(pids)].map((pid) => identify(Number(pid))).filter((identity) => identity !== undefined);
}

/** Ends what is in a group and removes it. Throws MicroVMError `internal` if it does not get empty. */
export async function removeCgroup(folder: string): Promise<void> {
  const deadline = Date.now() + emptyMs;
  while (existsSync(folder)) {
    for (const member of cgroupMembers([folder])) await killProcess(member);
    try {
      // Its files are the kernel's: they go with it.
      rmdirSync(folder);
    } catch (error) {
      if (hasCode(error, "ENOENT")) return;
      // A process that has just ended stays in its group for a moment.
      if (!hasCode(error, "EBUSY") || Date.now() > deadline) {
        const text = `The control group ${folder} could not be removed; look at its cgroup.procs.`;
        throw new MicroVMError("internal", text, { cause: error });
      }
      await delay(pollMs);
    }
  }
}

function rootsOf(find: (controller: Controller) => string | undefined): CgroupHost["roots"] {
  const found = controllers.map((controller) => [controller, find(controller)]);
  return Object.fromEntries(found.filter(([, root]) => root !== undefined));
}

/** Empty if it is absent: a group can go between two looks at it. */
function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (hasCode(error, "ENOENT") || hasCode(error, "ENODEV")) return "";
    throw error;
  }
}
