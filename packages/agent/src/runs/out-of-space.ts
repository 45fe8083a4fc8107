import { statfs } from "node:fs/promises";
import { isDiskFull } from "@vibewriter/backbone";
import { isMicroVMError } from "@vibewriter/microvm";
import { AgentError } from "../errors.js";

/** Less than this is none: what is stored goes to the disk in larger pieces. */
const NO_SPACE_BYTES = 256 * 1024;
/** A VM writes more than this to its disk as it starts; what it wrote is gone again with the VM that did not. */
const NO_VM_BYTES = 16 * 1024 * 1024;

/** Whether a run failed because the disk of this home is full. Not every part knows: a VM whose disk's file cannot grow sees a broken disk. */
export async function isOutOfSpace(error: Error, home: string): Promise<boolean> {
  if (error instanceof AgentError) return false;
  if (isDiskFull(error)) return true;
  const { bavail, bsize } = await statfs(home);
  return bavail * bsize < (isMicroVMError(error) ? NO_VM_BYTES : NO_SPACE_BYTES);
}
