import { existsSync } from "node:fs";
import { readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { type HomePaths, hasCode } from "../home.js";
import { diskName } from "./disk.js";
import { type Manifest, readManifest } from "./manifest.js";

/** No id begins with a dot: what does is on its way out. */
const removingPrefix = ".removing-";

/** The VMs of a home, by what is written down of them; removes the folder of one that never came to be or was being removed. */
export async function readManifests(paths: HomePaths): Promise<{ directory: string; manifest: Manifest }[]> {
  const read = async (name: string) => {
    const directory = join(paths.vms, name);
    const manifest = await readManifest(directory);
    if (manifest?.id === name) {
      await clearHalfWritten(directory);
      return [{ directory, manifest }];
    }
    // Without a valid manifest it is a VM whose creation was cut short; a disk is never thrown away on that suspicion.
    if (name.startsWith(removingPrefix) || !existsSync(join(directory, diskName))) await remove(directory);
    return [];
  };
  return (await Promise.all((await readdir(paths.vms)).map(read))).flat();
}

/** Removes all that was kept of a VM. In one step it is no VM any more: a removal that is cut short is finished by the next owner. */
export async function removeVm(paths: HomePaths, id: string): Promise<void> {
  const directory = join(paths.vms, id);
  const removing = join(paths.vms, `${removingPrefix}${id}`);
  await remove(removing);
  try {
    await rename(directory, removing);
  } catch (error) {
    if (hasCode(error, "ENOENT")) return;
    throw error;
  }
  await remove(removing);
}

/** Removes what nobody uses from the folder of sockets. */
export async function clearFolder(folder: string, used: ReadonlySet<string> = new Set()): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    if (!used.has(path)) await remove(path);
  }
}

/** Files that have not got their final names. */
const halfWritten = /\.(tmp|making)$/;

async function clearHalfWritten(directory: string): Promise<void> {
  for (const name of await readdir(directory)) {
    if (halfWritten.test(name)) await remove(join(directory, name));
  }
}

async function remove(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true });
}
