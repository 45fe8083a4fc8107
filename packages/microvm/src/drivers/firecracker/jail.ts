import { constants } from "node:fs";
import { chmod, chown, copyFile, link, mkdir, open, rm, stat, symlink } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { MicroVMError } from "../../errors.js";
import { hasCode } from "../../home.js";
import type { MachineRecord, MachineSpec, SavedMachine } from "../driver.js";

/** What a jailed Firecracker finds in its root, besides what the jailer puts there. */
export const jailed = {
  api: "api",
  vsock: "v.sock",
  log: "log",
  kernel: "kernel",
  initrd: "initrd",
  base: "base",
  disk: "disk",
  memory: "memory",
  state: "state",
  savedMemory: "saved-memory",
  savedState: "saved-state",
} as const;

export const layerName = (index: number) => `layer${index}`;

/**
 * What a template's guest believes to be the size of its disk. A clone's own disk is smaller, and Firecracker holds the guest to it:
 * at a restore it takes the size of the file that it finds, and does not tell.
 */
const nominalDiskBytes = 2 ** 40;
/** Whoever has no disk has nowhere to write either. */
const noDiskBytes = 1_048_576;

/** The jail's root, under a name that is short enough for its sockets: the jailer's own contains the VM's id and the program's name. */
export function rootOf(record: MachineRecord): string {
  return dirname(record.control);
}

/**
 * Makes the root of a jail and puts into it, under other names of the same files where that is possible, what the machine is made of.
 * `program` is the file name of Firecracker, after which the jailer names its folders.
 */
export async function prepareJail(o: {
  spec: MachineSpec;
  record: MachineRecord & { uid: number };
  program: string;
  saved?: SavedMachine;
}): Promise<void> {
  const { spec, record, saved } = o;
  const place = join(basename(o.program), record.token, "root");
  await mkdir(record.jail, { recursive: true, mode: 0o700 });
  await mkdir(join(record.jail, place), { recursive: true, mode: 0o700 });
  await symlink(place, rootOf(record));
  const at = (name: string) => join(rootOf(record), name);
  const shared: [string, string][] = [
    [spec.image.base, jailed.base],
    ...spec.layers.map((path, index): [string, string] => [path, layerName(index)]),
    ...(saved === undefined
      ? [
          [spec.image.vmlinux, jailed.kernel] as [string, string],
          [spec.image.initrd, jailed.initrd] as [string, string],
        ]
      : [[saved.memory, jailed.memory] as [string, string], [saved.state, jailed.state] as [string, string]]),
  ];
  for (const [path, name] of shared) await share(path, at(name));
  if (spec.disk === undefined) await makeSparse(at(jailed.disk), saved === undefined ? nominalDiskBytes : noDiskBytes);
  else await lendDisk(spec.disk, at(jailed.disk));
  await makeSparse(at(jailed.log), 0);
  for (const name of [jailed.disk, jailed.log]) await own(at(name), record.uid);
}

/** Bytes that the largest file may have that Firecracker writes to: its memory, saved, or the VM's disk. */
export async function largestFile(spec: MachineSpec): Promise<number> {
  const disk = spec.disk === undefined ? 0 : (await stat(spec.disk)).size;
  return Math.max(spec.memoryMiB * 1_048_576, disk);
}

/** Takes a file that Firecracker wrote out of its jail, for good: nobody writes to it again. */
export async function takeOut(record: MachineRecord, name: string, to: string): Promise<void> {
  const from = join(rootOf(record), name);
  // The jail is the process' own: what it leaves there is looked at, not followed.
  const file = await open(from, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    if (!(await file.stat()).isFile()) {
      throw new MicroVMError("snapshot_failed", `Firecracker left no file at ${from}; start the VM again.`);
    }
    await file.chown(process.getuid?.() ?? 0, process.getgid?.() ?? 0);
    await file.chmod(0o444);
  } finally {
    await file.close();
  }
  await rm(to, { force: true });
  await share(from, to);
  await rm(from);
}

/** The same file under a second name, which anybody who can reach it may read; a copy on another file system. */
async function share(from: string, to: string): Promise<void> {
  const { mode } = await stat(from).catch((cause: unknown) => {
    throw new MicroVMError("requirement_missing", `${from} cannot be read; run \`npm run setup\`.`, { cause });
  });
  // Many VMs, each a user of its own, read the same file. What keeps others from it is the folders on the way to it.
  if ((mode & 0o444) !== 0o444) await chmod(from, (mode & 0o777) | 0o444);
  try {
    await link(from, to);
  } catch (error) {
    if (!hasCode(error, "EXDEV")) throw error;
    await copyFile(from, to, constants.COPYFILE_FICLONE);
    await chmod(to, 0o444);
  }
}

/** What the guest writes must reach the VM's disk itself. */
async function lendDisk(disk: string, to: string): Promise<void> {
  try {
    await link(disk, to);
  } catch (cause) {
    if (!hasCode(cause, "EXDEV")) throw cause;
    const text = `The disk ${disk} and the VM's jail ${dirname(to)} lie on different file systems; put the whole of VIBEWRITER_HOME on one.`;
    throw new MicroVMError("requirement_missing", text, { cause });
  }
}

async function makeSparse(path: string, bytes: number): Promise<void> {
  const file = await open(path, "wx", 0o600);
  try {
    await file.truncate(bytes);
  } finally {
    await file.close();
  }
}

async function own(path: string, uid: number): Promise<void> {
  await chown(path, uid, uid);
  await chmod(path, 0o600);
}
