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
export interface Prepared {
  machine: Machine;
  connection: Connection;
}

/** One that is a VM's own. */
export interface Launched extends Prepared {
  epoch: number;
}

/**
 * Starts a VM from its template, over its disk if it has one. A template that does not load is built anew, once; a machine that is lost
 * before it is the VM's own is replaced by another, once. A start that fails leaves no machine. Throws MicroVMError `start_failed`,
 * `connection_lost`, `template_failed`, `requirement_missing`.
 */
export async function launch(around: Surroundings, file: ManifestFile): Promise<Launched> {
  for (let attempt = 1; ; attempt++) {
    const template = await around.templates.ensure(file.content.template);
    try {
      return await clone(around, file, template);
    } catch (error) {
      await endMachine(around, file);
      if (attempt > 1 || !isMicroVMError(error, "start_failed", "connection_lost")) throw error;
      if (error.code === "start_failed") await around.templates.discard(template);
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

async function clone(around: Surroundings, file: ManifestFile, template: Template): Promise<Launched> {
  return await makeOwn(file, await prepare(around, file, template));
}

/** Starts a machine of a template that is nobody's yet: it has its disk, if it is to have one, and has not mounted it. */
export async function prepare({ driver }: Surroundings, file: ManifestFile, template: Template): Promise<Prepared> {
  const { id, diskMiB, limits } = file.content;
  const record = driver.create({ log: logOf(file.directory) });
  const disk = diskOf(file);
  if (disk !== undefined && diskMiB !== undefined) await ensureDisk(disk, diskMiB);
  // Written before the process exists, so that one left behind by a crash is found by its token.
  const clonedFrom = { key: template.key, spec: template.spec };
  await file.change({ machine: record, epoch: newEpoch(), clonedFrom, heldSecret: undefined });
  const machine = await driver.restore(machineSpec({ ...template, disk, limits }), record, template);
  // Costs nothing: the machine is loading meanwhile.
  await file.change({ machine: machine.record });
  // The template's builder left with GOAWAY: the guest hunts.
  return { machine, connection: await greet(machine, { id, fresh: true }) };
}

/** Makes a prepared machine that of the VM in `file`. A failure closes the connection. */
export async function makeOwn(file: ManifestFile, { machine, connection }: Prepared): Promise<Launched> {
  const { id, epoch, diskMiB, limits } = file.content;
  try {
    await configure(connection, { id, epoch, hasDisk: diskMiB !== undefined, processes: limits?.processes });
  } catch (error) {
    await connection.close();
    throw error;
  }
  return { machine, connection, epoch };
}

/** Where a machine of the VM in this folder writes what it has to say. */
export function logOf(directory: string): string {
  return join(directory, "vmm.log");
}
