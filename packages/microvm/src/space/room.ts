import { statfs } from "node:fs/promises";
import { MicroVMError } from "../errors.js";

const mebibyte = 1_048_576;

/** Throws MicroVMError `no_space` if the disk that a folder is on has less than that free: better known before a guest is disturbed. */
export async function requireRoom(folder: string, neededMiB: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  const freeMiB = Math.floor((bavail * bsize) / mebibyte);
  if (freeMiB >= neededMiB) return;
  const text = `This takes up to ${Math.ceil(neededMiB)} MiB and the disk of ${folder} has ${freeMiB} free; free some disk space.`;
  throw new MicroVMError("no_space", text);
}
