import { stat } from "node:fs/promises";
import { hasCode } from "../home.js";

const blocksPerMiB = 2_048;

/** What a file takes of its disk, in MiB; 0 if it is not there. */
export async function allocatedMiB(path: string): Promise<number> {
  try {
    return (await stat(path)).blocks / blocksPerMiB;
  } catch (error) {
    if (hasCode(error, "ENOENT")) return 0;
    throw error;
  }
}
