import { link, mkdir, open, rm } from "node:fs/promises";
import { join } from "node:path";
import type { SavedMachine } from "../drivers/driver.js";

/** The saved machine in a folder: that of a VM or of a snapshot. */
export function savedIn(directory: string): SavedMachine {
  const folder = join(directory, "saved");
  return { memory: join(folder, "memory"), state: join(folder, "state") };
}

/** Makes room for a saved machine in a folder. A machine that lives from the one before keeps its files, without their names. */
export async function clearSaved(directory: string): Promise<SavedMachine> {
  await removeSaved(directory);
  await mkdir(join(directory, "saved"), { mode: 0o700 });
  return savedIn(directory);
}

export async function removeSaved(directory: string): Promise<void> {
  await rm(join(directory, "saved"), { recursive: true, force: true });
}

/** The same files under a second name: they never change, so any number may have them. */
export async function linkSaved(from: string, to: string): Promise<void> {
  const source = savedIn(from);
  const target = await clearSaved(to);
  await link(source.memory, target.memory);
  await link(source.state, target.state);
}

/** Makes files outlive a power cut. */
export async function syncFiles(paths: string[]): Promise<void> {
  for (const path of paths) {
    const file = await open(path, "r");
    try {
      await file.sync();
    } finally {
      await file.close();
    }
  }
}
