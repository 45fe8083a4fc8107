import { existsSync } from "node:fs";
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { HomePaths } from "../home.js";
import { diskName } from "./disk.js";
import { type Manifest, readManifest } from "./manifest.js";

/** The VMs of a home, by what is written down of them; removes the folder of one that never came to be. */
export async function readManifests(paths: HomePaths): Promise<{ directory: string; manifest: Manifest }[]> {
  const found: { directory: string; manifest: Manifest }[] = [];
  for (const name of await readdir(paths.vms)) {
    const directory = join(paths.vms, name);
    const manifest = await readManifest(directory);
    if (manifest?.id === name) found.push({ directory, manifest });
    // Without a valid manifest it is a VM whose creation was cut short; a disk is never thrown away on that suspicion.
    else if (!existsSync(join(directory, diskName))) await rm(directory, { recursive: true, force: true });
  }
  return found;
}

/** Removes what nobody uses from the folder of sockets. */
export async function clearFolder(folder: string, used: ReadonlySet<string> = new Set()): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    if (!used.has(path)) await rm(path, { recursive: true, force: true });
  }
}
