import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";

/** What /proc says of how a process is kept in. */
export function confinementOf(pid: number) {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const field = (name: string) => new RegExp(`^${name}:[ \\t]*(.*)$`, "m").exec(status)?.[1]?.trim();
  return {
    uids: [...new Set(field("Uid")?.split(/\s+/))].map(Number),
    gids: [...new Set(field("Gid")?.split(/\s+/))].map(Number),
    groups: field("Groups"),
    noNewPrivileges: field("NoNewPrivs"),
    seccomp: field("Seccomp"),
    capabilities: {
      inheritable: field("CapInh"),
      permitted: field("CapPrm"),
      effective: field("CapEff"),
      bounding: field("CapBnd"),
      ambient: field("CapAmb"),
    },
    /** In its own namespace of processes, last: what number it has there. */
    pids: field("NSpid")?.split(/\s+/).map(Number),
    /** The namespaces that it does not share with this process. */
    namespaces: ["cgroup", "ipc", "mnt", "net", "pid", "uts"].filter(
      (name) => readlinkSync(`/proc/${pid}/ns/${name}`) !== readlinkSync(`/proc/self/ns/${name}`),
    ),
    /** What is in its root folder. */
    root: readdirSync(`/proc/${pid}/root/`).sort(),
    networks: readFileSync(`/proc/${pid}/net/dev`, "utf8")
      .match(/^\s*[\w.-]+(?=:)/gm)
      ?.map((name) => name.trim()),
    /** Its limit for the size of a file, in bytes. */
    fileBytes: Number(/^Max file size\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/limits`, "utf8"))?.[1]),
  };
}

/** A limit of a machine's control groups, by its name in version 2 or in version 1. */
export function cgroupLimit(folders: string[], names: string[]): string | undefined {
  for (const path of folders.flatMap((folder) => names.map((name) => join(folder, name)))) {
    try {
      return readFileSync(path, "utf8").trim();
    } catch {
      // Another version, or another hierarchy, has it.
    }
  }
  return undefined;
}
