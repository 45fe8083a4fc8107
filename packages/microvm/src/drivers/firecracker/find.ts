import { constants } from "node:fs";
import { readdir, realpath } from "node:fs/promises";
import { join } from "node:path";
import { isMicroVMError } from "../../errors.js";
import { type HomePaths, hasCode } from "../../home.js";
import { canAccess, findProgram, versionLine } from "../programs.js";
import type { Binaries } from "./jailer.js";

/** Before it, vsock can be dead after a restore, and the jailer follows links. */
export const oldestVersion = [1, 16, 1] as const;

export interface FoundBinaries extends Binaries {
  version: string;
}

/**
 * Firecracker and its jailer: as named, by `$FIRECRACKER_BIN` and `$JAILER_BIN`, on the PATH, or where the set-up keeps the pinned release.
 * A text says, as the end of a sentence, why there are none that can be used.
 */
export async function findFirecracker(o: {
  paths: Pick<HomePaths, "cache">;
  firecracker?: string;
  jailer?: string;
}): Promise<FoundBinaries | string> {
  const { FIRECRACKER_BIN, JAILER_BIN } = process.env;
  const named = { firecracker: o.firecracker ?? FIRECRACKER_BIN, jailer: o.jailer ?? JAILER_BIN };
  const kept = await keptRelease(join(o.paths.cache, "firecracker"));
  const firecracker = named.firecracker || (await findProgram("firecracker")) || kept?.firecracker;
  const jailer = named.jailer || (await findProgram("jailer")) || kept?.jailer;
  if (firecracker === undefined || jailer === undefined) {
    return `${firecracker === undefined ? "firecracker" : "its jailer"} was not found (set FIRECRACKER_BIN and JAILER_BIN, or run \`npm run setup\`)`;
  }
  try {
    const [version, jailerVersion] = await Promise.all([versionOf(firecracker), versionOf(jailer)]);
    if (version === undefined || jailerVersion === undefined) return `${firecracker} and ${jailer} tell no version`;
    if (isOlder(version)) return `Firecracker ${version} is too old (at least ${oldestVersion.join(".")} is needed)`;
    if (version !== jailerVersion) return `Firecracker ${version} and its jailer ${jailerVersion} are of two releases`;
    // The jailer names folders after the file itself, whatever link leads to it.
    return { firecracker: await realpath(firecracker), jailer: await realpath(jailer), version };
  } catch (error) {
    if (isMicroVMError(error, "requirement_missing")) return error.message.replace(/\.$/, "");
    throw error;
  }
}

/** True if `version` is older than the oldest that VMs are trusted to. */
export function isOlder(version: string): boolean {
  const numbers = version.split(".").map(Number);
  for (const [index, wanted] of oldestVersion.entries()) {
    const found = numbers[index] ?? 0;
    if (found !== wanted) return found < wanted;
  }
  return false;
}

async function versionOf(binary: string): Promise<string | undefined> {
  return /\bv?(\d+\.\d+\.\d+)/.exec(await versionLine(binary))?.[1];
}

/** The newest release in the set-up's cache, a folder for each version. */
async function keptRelease(folder: string): Promise<Binaries | undefined> {
  const versions = await readdir(folder).catch((error: unknown) => {
    if (hasCode(error, "ENOENT")) return [];
    throw error;
  });
  const newestFirst = versions.sort((a, b) => b.localeCompare(a, undefined, { numeric: true }));
  for (const version of newestFirst) {
    const found = { firecracker: join(folder, version, "firecracker"), jailer: join(folder, version, "jailer") };
    if ((await canAccess(found.firecracker, constants.X_OK)) && (await canAccess(found.jailer, constants.X_OK)))
      return found;
  }
  return undefined;
}
