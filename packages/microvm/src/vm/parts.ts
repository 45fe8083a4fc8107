import { MicroVMError } from "../errors.js";
import { copyDisk, diskPath } from "./disk.js";
import type { Manifest } from "./manifest.js";
import { linkSaved } from "./saved.js";

/** What is copied of a VM, or of a snapshot, besides what is written down of it. */
export type Parts = Pick<Manifest, "diskMiB" | "saved">;

/** Copies a VM that nobody changes meanwhile from folder to folder. Its memory, if it is saved, never changes: that is the same file. */
export async function copyParts(from: string, to: string, { diskMiB, saved }: Parts): Promise<void> {
  if (diskMiB === undefined && saved === undefined) {
    throw new MicroVMError(
      "invalid_argument",
      "A stopped VM without a disk holds nothing that could be copied; start it.",
    );
  }
  if (diskMiB !== undefined) await copyDisk(diskPath(from), diskPath(to));
  if (saved !== undefined) await linkSaved(from, to);
}
