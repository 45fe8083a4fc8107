import { join } from "node:path";
import type { Connection } from "../client/connection.js";
import type { Machine } from "../drivers/driver.js";
import { isMicroVMError } from "../errors.js";
import { machineSpec } from "../templates/build.js";
import type { Template } from "../templates/store.js";
import { configure, greet, newEpoch } from "./contact.js";
import { diskOf, ensureDisk } from "./disk.js";
import type { ManifestFile } from "./manifest-file.js";
import { removeSaved } from "./saved.js";
import type { Surroundings } from "./surroundings.js";

/** A machine that was just started, and the first connection to it. */
export interface Launched {
  machine: Machine;
  connection: Connection;
  epoch: number;
}

/**
 * Starts a VM from its template, over its disk if it has one; a template that does not load is built anew, once. A start that fails
 * leaves no machine. Throws MicroVMError `start_failed`, `template_failed`, `requirement_missing`.
 */
export async function launch(around: Surroundings, file: ManifestFile): Promise<Launched> {
  for (let attempt = 1; ; attempt++) {
    const template = await around.templates.ensure(file.content.template);
    try {
      return await clone(around, file, template);
    } catch (error) {
      await endMachine(around, file);
      if (attempt > 1 || !isMicroVMError(error, "start_failed")) throw error;
      await around.templates.discard(template);
    }
  }
}

/** Ends the machine on record, alive or not, removes every trace of it and what it lived from, and takes it off the record. */
export async function endMachine(around: Surroundings, file: ManifestFile): Promise<void> {
  const { machine, saved } = file.content;
  if (machine === undefined) return;
  await around.driver.destroy(machine);
  if (saved === undefined) await removeSaved(file.directory);
  await file.change({ machine: undefined });
}

async function clone({ driver }: Surroundings, file: ManifestFile, template: Template): Promise<Launched> {
  const { id, diskMiB, limits } = file.content;
  const record = driver.create({ log: join(file.directory, "vmm.log") });
  const epoch = newEpoch();
  const disk = diskOf(file);
  if (disk !== undefined && diskMiB !== undefined) await ensureDisk(disk, diskMiB);
  // Written before the process exists, so that one left behind by a crash is found by its token.
  const clonedFrom = { key: template.key, spec: template.spec };
  await file.change({ machine: record, epoch, clonedFrom, heldSecret: undefined });
  const machine = await driver.restore(machineSpec({ ...template, disk, limits }), record, template);
  // Costs nothing: the machine is loading meanwhile.
  await file.change({ machine: machine.record });
  // The template's builder left with GOAWAY: the guest hunts.
  const connection = await greet(machine, { id, fresh: true });
  try {
    await configure(connection, { id, epoch, hasDisk: disk !== undefined, processes: limits?.processes });
  } catch (error) {
    await connection.close();
    throw error;
  }
  return { machine, connection, epoch };
}
