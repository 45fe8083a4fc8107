import { execFile } from "node:child_process";
import { access, open, rename, rm } from "node:fs/promises";
import { promisify } from "node:util";
import { MicroVMError } from "../errors.js";
import { hasCode } from "../home.js";

/** The disk's name in a VM's folder. */
export const diskName = "disk.img";

const makeMs = 60_000;
/** Debian keeps it out of an ordinary user's PATH. */
const searchPath = `${process.env.PATH ?? ""}:/usr/sbin:/sbin`;
const mebibyte = 1_048_576;

/** Makes the sparse ext4 disk of a VM unless it is there. A half-made disk never has the final name. */
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
