import { mkdir, rename } from "node:fs/promises";
import { join } from "node:path";
import { MicroVMError } from "./errors.js";
import { hasCode } from "./home.js";
import { checkHost } from "./limits.js";
import type { OpenHome } from "./open.js";
import type { Entry } from "./registry.js";
import { logOf, type Prepared } from "./vm/launch.js";
import { removeVm } from "./vm/leftovers.js";
import { type Manifest, writeManifest } from "./vm/manifest.js";
import type { MicroVM } from "./vm/microvm.js";
import type { Parts } from "./vm/parts.js";

export interface Bringing {
  manifest: Manifest;
  /** What it adds to the home. */
  addsMiB: number;
  /** Puts into its folder what it is to begin with; absent: it begins with nothing. */
  fill?: (directory: string) => Promise<Pick<Parts, "saved">>;
  /** True: it rests until its first call. */
  rests?: boolean;
}

/**
 * Makes a VM, and starts or resumes it. A failure leaves nothing of it. Throws MicroVMError `exists`, `limit_exceeded`, `quota_exceeded`
 * and what starting it throws.
 */
export async function bring(home: OpenHome, o: Bringing): Promise<MicroVM> {
  const { paths, quota, admit } = home;
  const { id } = o.manifest;
  await checkHost(o.manifest, paths.vms);
  admit(o.manifest);
  return await quota.within(o.addsMiB, async () => {
    await mkdir(join(paths.vms, id), { mode: 0o700 }).catch((cause: unknown) => {
      throw hasCode(cause, "EEXIST") ? taken(id) : cause;
    });
    let entry: Entry | undefined;
    try {
      entry = o.fill === undefined ? await fresh(home, o.manifest) : await filled(home, o.manifest, o.fill);
      entry.runner.use.isLent = true;
      if (!o.rests) await entry.runner.session();
      await entry.runner.settle();
      return entry.vm;
    } catch (error) {
      if (entry === undefined) await removeVm(paths, id);
      else await entry.vm.destroy();
      throw error;
    } finally {
      home.pool.refill();
    }
  });
}

async function filled(
  { paths, registry }: OpenHome,
  manifest: Manifest,
  fill: NonNullable<Bringing["fill"]>,
): Promise<Entry> {
  const directory = join(paths.vms, manifest.id);
  await writeManifest(directory, manifest);
  const { saved } = await fill(directory);
  if (saved !== undefined) await writeManifest(directory, { ...manifest, saved });
  return registry.add({ ...manifest, saved });
}

/** With a machine of the warm pool, if one waits. */
async function fresh({ paths, registry, pool, driver }: OpenHome, manifest: Manifest): Promise<Entry> {
  const directory = join(paths.vms, manifest.id);
  const waiting = await pool.take(manifest);
  if (waiting === undefined) {
    await writeManifest(directory, manifest);
    return registry.add(manifest);
  }
  const { file, connection } = waiting;
  const { machine, clonedFrom, epoch } = file.content;
  const record = machine && { ...machine, log: logOf(directory) };
  await file.change({ ...manifest, machine: record, clonedFrom, epoch });
  // In one step: before it, what a crash leaves is the pool's and is removed; after it, it is this VM's.
  await rename(file.directory, directory);
  const taken = record && driver.adopt(record);
  const prepared: Prepared | undefined = taken && { machine: taken, connection };
  return registry.add({ ...file.content }, prepared);
}

function taken(id: string): MicroVMError {
  return new MicroVMError("exists", `A VM ${id} exists already; use it or choose another id.`);
}
