import { randomUUID } from "node:crypto";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { bring } from "../bring.js";
import { MicroVMError } from "../errors.js";
import type { OpenHome } from "../open.js";
import { type CreateOptions, newManifest } from "../request.js";
import { allocatedMiB } from "../space/allocated.js";
import { diskPath } from "../vm/disk.js";
import type { MicroVM } from "../vm/microvm.js";
import type { Runner } from "../vm/runner.js";
import { pack } from "./pack.js";
import { readExport } from "./unpack.js";

/** What a VM that is imported is made with besides its disk. `template`: absent, it is of the shape it had, without layers. */
export type ImportOptions = Partial<Omit<CreateOptions, "diskMiB">>;

/** Writes a VM's disk and what it was made with into one file. The VM waits only while its disk is copied, not while that is packed. */
export async function exportVm({ paths, quota }: OpenHome, runner: Runner, file: string): Promise<void> {
  const { id, diskMiB } = runner.manifest;
  const { layers: _, ...template } = runner.manifest.template;
  const folder = join(paths.snapshots, `.${randomUUID()}.making`);
  const addsMiB = await allocatedMiB(diskPath(runner.directory));
  await quota.within(addsMiB, async () => {
    await mkdir(folder, { mode: 0o700 });
    try {
      await runner.copyDisk(diskPath(folder));
      if (diskMiB === undefined) throw new MicroVMError("invalid_argument", `The VM ${id} has no disk.`);
      const exportedAt = new Date().toISOString();
      const record = { format: "vibewriter-vm", version: 1, vm: id, exportedAt, template, diskMiB } as const;
      await pack(record, diskPath(folder), file);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
}

/** Makes a VM that rests of an exported file. A file that is not whole leaves nothing. */
export async function importVm(home: OpenHome, file: string, o: ImportOptions): Promise<MicroVM> {
  const { record, writeDisk } = await readExport(file, home.quota);
  const { template = { ...record.template, layers: [] }, ...rest } = o;
  const manifest = newManifest({ ...rest, template, diskMiB: record.diskMiB });
  const fill = async (directory: string) => {
    await writeDisk(diskPath(directory));
    return {};
  };
  return await bring(home, { manifest, addsMiB: 0, fill, rests: true });
}
