import { type ChildProcess, spawn } from "node:child_process";
import { open, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import type { Readable } from "node:stream";
import { z } from "zod";
import { checkSocketPath } from "../../client/dial.js";
import { MicroVMError } from "../../errors.js";
import type { MachineRecord, MachineSpec } from "../driver.js";
import { requireCapacity } from "../host/capacity.js";
import { insideCgroups } from "../host/launch.js";
import { makeCgroups } from "../host/limits.js";
import { identify, type ProcessIdentity } from "../host/process.js";
import { sandboxed } from "../host/sandbox.js";
import type { Abilities } from "./abilities.js";
import { type Accelerator, type GuestMemory, type Names, qemuArguments, translationCacheMiB } from "./command.js";
import type { Confinement } from "./confinement.js";
import { allow, Descriptors, makeJail, socketFolder } from "./files.js";
import { QemuMachine, tail } from "./machine.js";
import { places } from "./root.js";

/**
 * What a QEMU process is to do first: boot the kernel once it is told to, load a saved state that it is given open, or receive the same
 * machine from another process, beside which it runs for a moment.
 */
export type Beginning = { kind: "boot" } | { kind: "load"; state: string } | { kind: "receive" };

export interface QemuOptions {
  binary: string;
  abilities: Abilities;
  accelerator: Accelerator;
  confinement: Confinement;
}

/** The child's descriptors after stdin, stdout and stderr. */
const [infoFd, firstFd] = [3, 4];
const mebibyte = 1_048_576;
/** QEMU itself, the kernel and initrd that it holds, its stacks, and room for the page cache of the disk. */
const overheadMiB = 192;
/** QEMU's threads: its own few, a processor each, and those that wait for the disk. */
const threads = 96;
const info = z.object({ "child-pid": z.number().int().positive() });

/**
 * Starts a QEMU, confined, for the machine that `record` names; it runs nothing of the guest yet. Resolves with the URI that it has the
 * saved state under, if there is one. Throws MicroVMError `requirement_missing`, `start_failed`, `limit_exceeded` or `invalid_path`.
 */
export async function startQemu(
  o: QemuOptions,
  machine: { spec: MachineSpec; record: MachineRecord; memory: GuestMemory; beginning: Beginning },
): Promise<{ machine: QemuMachine; stateUri?: string }> {
  const { spec, record, memory, beginning } = machine;
  requireCapacity(spec);
  checkSocketPath(record.rpc.path);
  checkSocketPath(record.control);
  await makeJail(spec, record, memory);
  limit(o.confinement, spec, record, beginning.kind === "receive" ? 2 : 1);
  await using files = new Descriptors(firstFd);
  const stateFd = beginning.kind === "load" ? await files.add(beginning.state, "r") : undefined;
  const names = await nameFiles(o.confinement, machine, files);
  const token = record.token;
  const args = qemuArguments(spec, names, { token, accelerator: o.accelerator, memory: memory.kind });
  const begin = beginning.kind === "boot" ? ["-S"] : ["-incoming", "defer"];
  // QEMU closes a descriptor that it has put into a set; one that it is told of by its number stays out.
  const { loadsFiles } = o.abilities;
  const inSets = files.numbers.filter((fd) => loadsFiles || fd !== stateFd);
  const sets = inSets.flatMap((fd) => ["-add-fd", `fd=${fd},set=${fd}`]);
  const qemu = [o.binary, ...args, ...begin, ...sets];
  const limits = { fileBytes: await largestFile(spec) };
  const [program = "", ...rest] = insideCgroups(record.cgroups, limits, await confine(o, machine, qemu));
  const log = await open(record.log, "a", 0o600);
  try {
    // A session of its own: the VM outlives its owner and its terminal, and is adopted by the next owner.
    const child = spawn(program, rest, {
      detached: true,
      cwd: "/",
      env: {},
      stdio: ["ignore", log.fd, log.fd, "pipe", ...files.stdio],
    });
    const identity = await started(child, o.confinement.sandbox !== undefined, record.log);
    child.unref();
    const stateUri = loadsFiles ? `file:/dev/fdset/${stateFd}` : `fd:${stateFd}`;
    return { machine: new QemuMachine({ ...record, process: identity }), stateUri };
  } finally {
    await log.close();
  }
}

/** What QEMU is told that its files are called; those that it can take as descriptors are opened for it. */
async function nameFiles(
  confinement: Confinement,
  { spec, record, memory }: { spec: MachineSpec; record: MachineRecord; memory: GuestMemory },
  files: Descriptors,
): Promise<Names> {
  const given = async (path: string, flags: "r" | "r+") => `/dev/fdset/${await files.add(path, flags)}`;
  const layers: string[] = [];
  const base = await given(spec.image.base, "r");
  for (const layer of spec.layers) layers.push(await given(layer, "r"));
  const disk = spec.disk === undefined ? undefined : await given(spec.disk, "r+");
  if (confinement.sandbox === undefined) {
    const { kernel, initrd } = spec.image;
    return { kernel, initrd, memory: memory.path, rpc: record.rpc.path, control: record.control, base, layers, disk };
  }
  const { kernel, initrd } = places;
  const [rpc, control] = [knownAs(confinement, record.rpc.path), knownAs(confinement, record.control)];
  return { kernel, initrd, memory: places.memory, rpc, control, base, layers, disk };
}

/** What QEMU calls a socket in the folder of its machine's sockets. */
export function knownAs({ sandbox }: Confinement, path: string): string {
  return sandbox === undefined ? path : join(places.sockets, basename(path));
}

async function confine(
  { accelerator, confinement }: QemuOptions,
  { spec, record, memory }: { spec: MachineSpec; record: MachineRecord; memory: GuestMemory },
  command: string[],
): Promise<string[]> {
  const { sandbox, kvmGroups } = confinement;
  if (sandbox === undefined) return command;
  const { kernel, initrd } = spec.image;
  await Promise.all([allow(record, kernel), allow(record, initrd)]);
  const gids = accelerator === "kvm" ? kvmGroups : [];
  const user = record.uid === undefined ? undefined : { uid: record.uid, gids };
  return sandboxed(
    sandbox,
    {
      root: sandbox.root,
      user,
      binds: [
        { from: kernel, to: places.kernel, kind: "read" },
        { from: initrd, to: places.initrd, kind: "read" },
        { from: memory.path, to: places.memory, kind: memory.kind === "protected" ? "read" : "write" },
        { from: socketFolder(record), to: places.sockets, kind: "write" },
        { from: places.null, to: places.null, kind: "device" },
        ...(accelerator === "kvm" ? [{ from: places.kvm, to: places.kvm, kind: "device" as const }] : []),
      ],
    },
    { infoFd },
    command,
  );
}

/** Gives the machine's processes, `count` of them at once, their limits. */
function limit({ cgroups }: Confinement, spec: MachineSpec, { cgroups: folders }: MachineRecord, count: number): void {
  if (cgroups === undefined) return;
  const memoryMiB = spec.memoryMiB + translationCacheMiB(spec) + overheadMiB;
  makeCgroups(cgroups.version, folders, {
    memoryBytes: count * memoryMiB * mebibyte,
    processes: count * (threads + spec.vcpus),
    cpus: spec.limits?.cpus,
  });
}

/** The size of the largest file that a machine writes to. */
async function largestFile({ memoryMiB, disk }: MachineSpec): Promise<number> {
  const diskBytes = disk === undefined ? 0 : (await stat(disk)).size;
  return Math.max(diskBytes, memoryMiB * mebibyte);
}

/** The process that became QEMU: the child itself, or the one that the sandbox says it started. */
async function started(child: ChildProcess, isSandboxed: boolean, log: string): Promise<ProcessIdentity> {
  const spawned = new Promise<void>((resolve, reject) => {
    child.once("spawn", resolve);
    child.once("error", (cause) =>
      reject(new MicroVMError("requirement_missing", "QEMU could not be started; run `vibewriter doctor`.", { cause })),
    );
  });
  await spawned;
  const pid = isSandboxed ? await innerPid(child.stdio[infoFd] as Readable) : child.pid;
  const identity = pid === undefined ? undefined : identify(pid);
  if (identity !== undefined) return identity;
  const words = (await tail(log)).trim() || "none";
  throw new MicroVMError("start_failed", `QEMU ended at once; run \`vibewriter doctor\`. Its last words: ${words}`);
}

async function innerPid(stream: Readable): Promise<number | undefined> {
  let said = "";
  for await (const chunk of stream) said += String(chunk);
  const parsed = info.safeParse(said === "" ? undefined : JSON.parse(said));
  return parsed.success ? parsed.data["child-pid"] : undefined;
}
