import { randomBytes } from "node:crypto";
import { join } from "node:path";
import type { Connection } from "../client/connection.js";
import type { Machine } from "../drivers/driver.js";
import { isMicroVMError } from "../errors.js";
import { machineSpec } from "../templates/build.js";
import type { Template } from "../templates/store.js";
import { configure, greet } from "./contact.js";
import { diskName, ensureDisk } from "./disk.js";
import type { ManifestFile } from "./manifest-file.js";
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

/** Ends the machine on record, alive or not, removes every trace of it, and takes it off the record. */
export async function endMachine(around: Surroundings, file: ManifestFile): Promise<void> {
  const { machine } = file.content;
  if (machine === undefined) return;
  await around.driver.destroy(machine);
  await file.change({ machine: undefined });
}

async function clone({ driver }: Surroundings, file: ManifestFile, template: Template): Promise<Launched> {
  const { id, diskMiB } = file.content;
  const record = driver.create({ log: join(file.directory, "vmm.log") });
  const epoch = newEpoch();
  const disk = diskMiB === undefined ? undefined : join(file.directory, diskName);
  if (disk !== undefined && diskMiB !== undefined) await ensureDisk(disk, diskMiB);
  // Written before the process exists, so that one left behind by a crash is found by its token.
  await file.change({ machine: record, epoch, templateKey: template.key });
  const machine = await driver.restore(machineSpec({ ...template, disk }), record, template);
  // Costs nothing: the machine is loading meanwhile.
  await file.change({ machine: machine.record });
  const connection = await greet(machine, id);
  try {
    await configure(connection, { id, epoch, hasDisk: disk !== undefined });
  } catch (error) {
    await connection.close();
    throw error;
  }
  return { machine, connection, epoch };
}

function newEpoch(): number {
  return randomBytes(6).readUIntBE(0, 6);
}
