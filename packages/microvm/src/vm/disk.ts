import { execFile } from "node:child_process";
import { access, open, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { MicroVMError } from "../errors.js";
import { hasCode } from "../home.js";
import type { ManifestFile } from "./manifest-file.js";
import { syncFiles } from "./saved.js";

/** The disk's name in the folder of a VM or a snapshot. */
export const diskName = "disk.img";

export function diskPath(directory: string): string {
  return join(directory, diskName);
}

/** The disk of a VM that has one. */
export function diskOf({ directory, content }: ManifestFile): string | undefined {
  return content.diskMiB === undefined ? undefined : diskPath(directory);
}

const makeMs = 60_000;
const copyMs = 600_000;
/** Debian keeps it out of an ordinary user's PATH. */
const searchPath = `${process.env.PATH ?? ""}:/usr/sbin:/sbin`;
const mebibyte = 1_048_576;

/**
 * Makes the sparse ext4 disk of a VM unless it is there. A half-made disk never has the final name. Made anew each time: mke2fs takes as
 * long (9 ms) as copying the blocks of one that was made before.
 */
export async function ensureDisk(path: string, sizeMiB: number): Promise<void> {
  const exists = await access(path).then(
    () => true,
    () => false,
  );
  if (exists) return;
  const making = `${path}.making`;
  await rm(making, { force: true });
  const file = await open(making, "wx", 0o600);
  await file.truncate(sizeMiB * mebibyte);
  await file.close();
  await makeFileSystem(making);
  await rename(making, path);
}

/** Copies a disk that nothing writes to: its blocks are shared where the file system can do that, and holes stay holes anywhere. */
export async function copyDisk(from: string, to: string): Promise<void> {
  try {
    const args = ["--reflink=auto", "--sparse=always", "--", from, to];
    await promisify(execFile)("cp", args, { timeout: copyMs, env: { PATH: searchPath, LC_ALL: "C" } });
    await syncFiles([to]);
  } catch (cause) {
    await rm(to, { force: true });
    if (cause instanceof Error && cause.message.includes("No space left on device")) {
      throw new MicroVMError("no_space", `The disk is full: ${from} could not be copied; free some space.`, { cause });
    }
    throw cause;
  }
}

async function makeFileSystem(path: string): Promise<void> {
  // Nothing is initialized ahead of use, and nothing is kept back for root: the file stays sparse and is made in a moment.
  const options = "lazy_itable_init=1,lazy_journal_init=1,nodiscard";
  try {
    const args = ["-t", "ext4", "-q", "-F", "-m", "0", "-E", options, path];
    await promisify(execFile)("mke2fs", args, { timeout: makeMs, env: { PATH: searchPath } });
  } catch (cause) {
    if (hasCode(cause, "ENOENT")) {
      const text = "mke2fs is not installed; install e2fsprogs (on Debian: apt-get install e2fsprogs).";
      throw new MicroVMError("requirement_missing", text, { cause });
    }
    throw new MicroVMError("no_space", `The VM's disk ${path} could not be made; free some disk space.`, { cause });
  }
}
