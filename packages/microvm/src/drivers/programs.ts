import { execFile } from "node:child_process";
import { constants } from "node:fs";
import { access } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { MicroVMError } from "../errors.js";

const versionMs = 10_000;

/** Where a program is on the PATH, or undefined. */
export async function findProgram(name: string): Promise<string | undefined> {
  for (const directory of (process.env.PATH ?? "").split(delimiter)) {
    const candidate = join(directory, name);
    if (directory !== "" && (await canAccess(candidate, constants.X_OK))) return candidate;
  }
  return undefined;
}

/** The first line of what a program says of its version. Throws MicroVMError `requirement_missing` if it does not run. */
export async function versionLine(binary: string): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(binary, ["--version"], { timeout: versionMs });
    return stdout.split("\n")[0] ?? "";
  } catch (cause) {
    throw new MicroVMError("requirement_missing", `${binary} does not run; install it again.`, { cause });
  }
}

/** True if this process may do with a file what `mode`, one of node:fs' constants, says. */
export function canAccess(path: string, mode: number): Promise<boolean> {
  return access(path, mode).then(
    () => true,
    () => false,
  );
}
