import { chmod, chown, type FileHandle, mkdir, open, stat } from "node:fs/promises";
import { join } from "node:path";
import { MicroVMError } from "../../errors.js";
import type { MachineRecord, MachineSpec } from "../driver.js";
import type { GuestMemory } from "./command.js";

const mebibyte = 1_048_576;
const everybodyReads = 0o004;
const everybodyWrites = 0o002;

/** The folder of a machine's sockets: the only one of the host's that a confined QEMU sees. */
export function socketFolder({ jail }: Pick<MachineRecord, "jail">): string {
  return join(jail, "s");
}

/** Makes a machine's jail: a folder for its sockets, and the file of its memory if that is its own. */
export async function makeJail(spec: MachineSpec, record: MachineRecord, memory: GuestMemory): Promise<void> {
  const sockets = socketFolder(record);
  await mkdir(record.jail, { recursive: true, mode: 0o700 });
  await mkdir(sockets, { mode: 0o700 });
  await give(record, sockets);
  if (memory.kind !== "own") return allow(record, memory.path, memory.kind === "copied");
  const file = await open(memory.path, "wx", 0o600);
  try {
    await file.truncate(spec.memoryMiB * mebibyte);
  } finally {
    await file.close();
  }
  await give(record, memory.path);
}

/**
 * Takes the folder of sockets from the machine's user again, before any of the guest's code or state is in the process: one that was
 * taken over cannot put anything else in the place of a socket that the host will connect to.
 */
export async function closeJail(record: MachineRecord): Promise<void> {
  if (record.uid === undefined) return;
  const sockets = socketFolder(record);
  await chown(sockets, process.getuid?.() ?? 0, process.getgid?.() ?? 0);
  await chmod(sockets, 0o755);
}

/** Lets the machine's user use a file or folder that is this machine's alone. */
export async function give({ uid }: MachineRecord, path: string): Promise<void> {
  if (uid !== undefined) await chown(path, uid, uid);
}

/** Takes back what was given. */
export async function takeBack({ uid }: MachineRecord, path: string): Promise<void> {
  if (uid !== undefined) await chown(path, process.getuid?.() ?? 0, process.getgid?.() ?? 0);
}

/**
 * Lets the machine's user open a file that many machines use. That its mode is for everybody means nobody else: the folders
 * above belong to the owner of the home alone, and only a machine that it is bound for gets past them.
 */
export async function allow({ uid }: MachineRecord, path: string, writing = false): Promise<void> {
  if (uid === undefined) return;
  const { mode } = await stat(path);
  const wanted = everybodyReads | (writing ? everybodyWrites : 0);
  // One that need not be written to any more, after an upgrade of QEMU, is not left so.
  const next = (mode & 0o7777 & ~everybodyWrites) | wanted;
  if ((mode & 0o7777) !== next) await chmod(path, next);
}

/** Files that a process is given open. */
export class Descriptors implements AsyncDisposable {
  readonly #files: FileHandle[] = [];
  readonly #first: number;

  /** `first` is the number that the child has the first file under. */
  constructor(first: number) {
    this.#first = first;
  }

  /** For `spawn`. */
  get stdio(): number[] {
    return this.#files.map(({ fd }) => fd);
  }

  /** What the child has the files under. */
  get numbers(): number[] {
    return this.#files.map((_, index) => this.#first + index);
  }

  /** Opens a file; resolves with its number in the child. Throws MicroVMError `start_failed`. */
  async add(path: string, flags: "r" | "r+"): Promise<number> {
    try {
      this.#files.push(await open(path, flags));
    } catch (cause) {
      throw new MicroVMError("start_failed", `The VM's file ${path} cannot be opened; is it still there?`, { cause });
    }
    return this.#first + this.#files.length - 1;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#files.map((file) => file.close()));
  }
}
