import { homedir } from "node:os";
import { join } from "node:path";
import type { Check, Finding } from "./check.js";
import { confinement } from "./confinement.js";
import { Host } from "./host.js";
import { leaks } from "./leaks.js";
import { resources } from "./resources.js";
import { virtualization } from "./virtualization.js";

export type HostCheck = Finding & { name: string };

export const checklist: Check[] = [...virtualization, ...confinement, ...leaks, ...resources];

/**
 * Whether this host is one to run other people's agents on: the checklist of docs/operations/production-host.md. It only looks.
 * `home` is the home that the host is to serve; default `$VIBEWRITER_HOME`, else `~/.vibewriter`.
 */
export async function checkHost(
  o: { home?: string; firecracker?: string; jailer?: string } = {},
): Promise<HostCheck[]> {
  const home = o.home ?? (process.env.VIBEWRITER_HOME || join(homedir(), ".vibewriter"));
  return await runChecklist(new Host({ home, binaries: { firecracker: o.firecracker, jailer: o.jailer } }));
}

export async function runChecklist(host: Host): Promise<HostCheck[]> {
  return await Promise.all(checklist.map(async ({ name, look }) => ({ name, ...(await look(host)) })));
}
