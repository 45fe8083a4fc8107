import { realpath } from "node:fs/promises";
import { resolve, sep } from "node:path";
import { plain } from "../escape.js";
import { UsageError } from "../exit.js";
import { Refusal } from "./answer.js";

/**
 * The absolute path of a file that a client names, below the folder that it may name files in: it may not be able to read the rest of this
 * machine, and must not come to know through here what is there.
 * @throws Refusal `outside`, also for a link that leads there; UsageError if there is no such file
 */
export async function pathIn(folder: string, named: string): Promise<string> {
  const path = resolve(folder, named);
  if (isBelow(folder, path)) {
    const [base, real] = await Promise.all([realOf(folder, folder), realOf(path, named)]);
    if (isBelow(base, real)) return real;
  }
  const where = `name files below ${plain(folder)}, or have vibewriter mcp started with another --folder`;
  throw new Refusal("outside", `${shown(named)} is not in the folder that is served here; ${where}.`);
}

async function realOf(path: string, named: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (cause) {
    throw new UsageError(`There is no ${shown(named)} that can be read here; check the path.`, { cause });
  }
}

function isBelow(folder: string, path: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

function shown(named: string): string {
  return plain(named).slice(0, 200);
}
