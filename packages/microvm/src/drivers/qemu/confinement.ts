import { spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { stat } from "node:fs/promises";
import type { MachineRecord } from "../driver.js";
import { type CgroupHost, cgroupFolders } from "../host/cgroup.js";
import { findLimitingCgroups } from "../host/limits.js";
import { sandboxed } from "../host/sandbox.js";
import { findProgram } from "../programs.js";
import { places, qemuRoot } from "./root.js";

/** How QEMU is kept in on this host: tried out, not assumed. */
export interface Confinement {
  /** Absent: QEMU sees the host's files. */
  sandbox?: { bwrap: string; setpriv: string; root: string };
  /** Each machine is a user of its own. */
  hasOwnUser: boolean;
  cgroups?: CgroupHost;
  /** The groups that a machine's user is in so that it can open /dev/kvm. */
  kvmGroups: number[];
  weaknesses: string[];
}

/** Above all users that distributions, systemd and containers give out, and those of image builds (`images/namespace.ts`). */
const [firstUid, lastUid] = [0x7001_0000, 0x7fff_ffff];
const probeMs = 10_000;
const infoFd = 3;

/** Finds the strongest confinement that works here. */
export async function findConfinement(o: { cache: string; binary: string }): Promise<Confinement> {
  const [bwrap, setpriv] = await Promise.all([findProgram("bwrap"), findProgram("setpriv")]);
  const isRoot = process.getuid?.() === 0;
  const cgroups = await findLimitingCgroups();
  const weaknesses: string[] = [];
  let sandbox: Confinement["sandbox"];
  if (bwrap === undefined || setpriv === undefined) {
    weaknesses.push(
      "QEMU sees the files, the network and the processes of the host: install bubblewrap and util-linux (on Debian: apt-get install bubblewrap util-linux).",
    );
  } else {
    const found = { bwrap, setpriv, root: await qemuRoot({ ...o, helper: setpriv }) };
    const refusal = await tryOut(found, isRoot, o.binary);
    if (refusal === undefined) sandbox = found;
    else {
      weaknesses.push(
        `QEMU sees the files, the network and the processes of the host, because bubblewrap does not work here (${refusal}): allow user namespaces, or run this as root.`,
      );
    }
  }
  if (!isRoot) weaknesses.push("QEMU runs as the user that owns the VMs, not as one of its own: run this as root.");
  else if (sandbox === undefined) weaknesses.push("QEMU runs as root: it becomes another user only with bubblewrap.");
  if (cgroups === undefined) {
    weaknesses.push(
      "Nothing bounds the memory, the processes and the processor time that QEMU takes: run this as root, or as a service with Delegate=yes.",
    );
  }
  return {
    sandbox,
    hasOwnUser: isRoot && sandbox !== undefined,
    cgroups,
    kvmGroups: await kvmGroups(),
    weaknesses,
  };
}

/** The parts of a new machine's record that its confinement decides. Nothing is made. */
export function confined(confinement: Confinement, token: string): Pick<MachineRecord, "uid" | "cgroups"> {
  return {
    uid: confinement.hasOwnUser ? randomInt(firstUid, lastUid) : undefined,
    cgroups: confinement.cgroups === undefined ? [] : cgroupFolders(confinement.cgroups, token),
  };
}

/** Undefined if QEMU starts in the sandbox; else why it does not. */
function tryOut(
  sandbox: NonNullable<Confinement["sandbox"]>,
  isRoot: boolean,
  binary: string,
): Promise<string | undefined> {
  const user = isRoot ? { uid: firstUid, gids: [] } : undefined;
  const [program = "", ...args] = sandboxed(sandbox, { root: sandbox.root, binds: [], user }, { infoFd }, [
    binary,
    "--version",
  ]);
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio: ["ignore", "ignore", "pipe", "pipe"], timeout: probeMs, env: {} });
    let said = "";
    child.stderr?.on("data", (chunk: Buffer) => {
      said = `${said}${chunk}`.slice(-500);
    });
    child.once("error", (error) => resolve(error.message));
    child.once("close", (code) => resolve(code === 0 ? undefined : said.trim() || `it ended with ${code}`));
  });
}

/** Root's group is not given to anybody: it opens more than this device. */
async function kvmGroups(): Promise<number[]> {
  const device = await stat(places.kvm).catch(() => undefined);
  return device === undefined || device.gid === 0 || (device.mode & 0o006) === 0o006 ? [] : [device.gid];
}
