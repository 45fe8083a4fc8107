import { realpath, rm } from "node:fs/promises";
import { removeMachine } from "./drivers/record.js";
import { MicroVMError } from "./errors.js";
import { type HomePaths, makeHome } from "./home.js";
import { Lock } from "./lock.js";
import { clearPool } from "./pool.js";
import type { Registry } from "./registry.js";
import { clearUnfinished } from "./snapshots/store.js";
import { clearAbandonedBuilds } from "./templates/store.js";
import { clearFolder, readManifests, removeVm } from "./vm/leftovers.js";
import { writeManifest } from "./vm/manifest.js";

/** Makes this process the only owner of a home. Throws MicroVMError `home_in_use`. */
export async function ownHome(paths: HomePaths): Promise<Lock> {
  const lock = await Lock.tryTake(await realpath(paths.vms));
  if (lock !== undefined) return lock;
  throw new MicroVMError(
    "home_in_use",
    `Another process owns the VMs under ${paths.vms}; stop it first (\`vibewriter stop\`).`,
  );
}

/** Removes what an earlier owner had begun and did not finish, apart from VMs. */
export async function clearBegun(paths: HomePaths): Promise<void> {
  await clearAbandonedBuilds(paths);
  await clearUnfinished(paths);
  await clearPool(paths);
}

/** Adopts the VMs that live and answer, keeps those that rest, and clears what is left of the others. */
export async function adoptAll(paths: HomePaths, registry: Registry): Promise<void> {
  const manifests = await readManifests(paths);
  await Promise.all(
    manifests.map(async ({ manifest }) => {
      const { machine, isNew, id } = manifest;
      // A start that was cut short has no pid on record, and no state worth keeping; a VM that never answered is nobody's.
      if (machine !== undefined && (machine.process === undefined || isNew)) await removeMachine(machine);
      const { runner } = registry.add(manifest);
      const isThere = !isNew && ((await runner.adopt()) || runner.keepsSomething);
      if (isThere) return;
      registry.delete(id);
      await removeVm(paths, id);
    }),
  );
  const used = new Set(registry.all().flatMap(({ runner }) => runner.manifest.machine?.jail ?? []));
  await clearFolder(paths.run, used);
}

/** Ends every VM of an owner that is dead and removes what only a running VM needs. Throws MicroVMError `home_in_use` if the owner lives. */
export async function cleanUpHome(home: string): Promise<void> {
  const paths = await makeHome(home);
  await using _lock = await ownHome(paths);
  await clearBegun(paths);
  for (const { directory, manifest } of await readManifests(paths)) {
    const { id, machine, isNew, diskMiB, saved } = manifest;
    if (machine !== undefined) await removeMachine(machine);
    if (isNew || (diskMiB === undefined && saved === undefined)) await removeVm(paths, id);
    else if (machine !== undefined)
      await writeManifest(directory, { ...manifest, machine: undefined, wanted: "stopped" });
  }
  await rm(paths.run, { recursive: true, force: true });
}
