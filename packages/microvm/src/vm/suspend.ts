import type { Machine } from "../drivers/driver.js";
import { MicroVMError } from "../errors.js";
import { machineSpec } from "../templates/build.js";
import type { Template } from "../templates/store.js";
import { greet, newEpoch, renew } from "./contact.js";
import { diskOf } from "./disk.js";
import { endMachine, type Launched, logOf } from "./launch.js";
import type { TemplateOfRecord } from "./manifest.js";
import type { ManifestFile } from "./manifest-file.js";
import { clearSaved, savedIn, syncFiles } from "./saved.js";
import type { Surroundings } from "./surroundings.js";

/**
 * The template that the VM's machine was cloned from. Throws MicroVMError `secret_in_memory` if that memory may not be written to a file,
 * `snapshot_failed` if what was written could not be restored here.
 */
export async function assertSavable(around: Surroundings, file: ManifestFile): Promise<Template> {
  const { id, heldSecret, clonedFrom } = file.content;
  if (heldSecret) {
    const text = `The VM ${id} has had a secret in its memory, which is never written to a disk; stop it and start it again first.`;
    throw new MicroVMError("secret_in_memory", text);
  }
  const template = await sameToday(around, clonedFrom);
  if (template !== undefined) return template;
  const text = `The VM ${id} runs from an image that is not the one of today; stop it and start it again first.`;
  throw new MicroVMError("snapshot_failed", text);
}

/**
 * Saves the memory of a VM that is frozen and has no connection, and ends its machine. If it cannot be saved it is lost, and the disk
 * has all that was answered. Throws MicroVMError `snapshot_failed`.
 */
export async function save(around: Surroundings, file: ManifestFile, machine: Machine): Promise<void> {
  const template = await assertSavable(around, file);
  const disk = diskOf(file);
  const saved = await clearSaved(file.directory);
  await around.driver.snapshot(machine, shape(file, template), saved);
  await syncFiles([saved.memory, saved.state, ...(disk === undefined ? [] : [disk])]);
  await file.change({ saved: { key: template.key, spec: template.spec } });
  await endMachine(around, file);
}

/**
 * Goes on from the saved memory, as a machine of its own. Whatever fails once the memory counts as used leaves the disk. Throws
 * MicroVMError `start_failed`.
 */
export async function resume(around: Surroundings, file: ManifestFile): Promise<Launched> {
  const { id, saved } = file.content;
  const template = await sameToday(around, saved);
  if (template === undefined) {
    throw new MicroVMError("start_failed", `The saved memory of the VM ${id} is of another image, or of another host.`);
  }
  const { driver } = around;
  const record = driver.create({ log: logOf(file.directory) });
  const epoch = newEpoch();
  await file.change({ machine: record, epoch, saved: undefined, clonedFrom: saved });
  const machine = await driver.restore(shape(file, template), record, savedIn(file.directory));
  await file.change({ machine: machine.record });
  const connection = await greet(machine, { id, fresh: false });
  try {
    await renew(connection, { id, epoch });
  } catch (error) {
    await connection.close();
    throw error;
  }
  return { machine, connection, epoch };
}

/** The template on record, if the same spec still makes the same one: another would have other devices. */
async function sameToday(
  { templates }: Surroundings,
  from: TemplateOfRecord | undefined,
): Promise<Template | undefined> {
  const template = from === undefined ? undefined : await templates.find(from.spec);
  return template?.key === from?.key ? template : undefined;
}

function shape(file: ManifestFile, template: Template) {
  return machineSpec({ ...template, disk: diskOf(file), limits: file.content.limits });
}
