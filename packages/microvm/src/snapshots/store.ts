import { mkdir, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { MicroVMError } from "../errors.js";
import { egressPolicy } from "../gateway/policy.js";
import { type HomePaths, hasCode, readJson, writeJson } from "../home.js";
import { vmLimits } from "../limits.js";
import { allocatedBytes } from "../space/df.js";
import { templateSpec } from "../templates/spec.js";
import { templateOfRecord } from "../vm/manifest.js";
import { copyParts } from "../vm/parts.js";
import type { Runner } from "../vm/runner.js";

/** What a list of snapshots shows. */
export interface SnapshotInfo {
  name: string;
  /** The VM that it was made of. */
  vm: string;
  createdAt: string;
  /** The template's name. */
  template: string;
  memoryMiB: number;
  diskMiB?: number;
  /** True if it holds the processes of a VM that ran; else the disk alone. */
  hasMemory: boolean;
  /** Allocated. Memory that VMs and snapshots share is counted for each of them. */
  bytes: number;
  labels: Record<string, string>;
}

const schema = z.object({
  version: z.literal(1),
  name: z.string(),
  vm: z.string(),
  createdAt: z.string(),
  template: templateSpec,
  saved: templateOfRecord.optional(),
  diskMiB: z.number().int().positive().optional(),
  labels: z.record(z.string(), z.string()),
  user: z.string().optional(),
  limits: vmLimits.optional(),
  egress: egressPolicy.optional(),
});
export type SnapshotRecord = z.infer<typeof schema>;

const recordName = "snapshot.json";
/** No name begins with a dot: what does is being made or removed. */
const unfinished = /^\./;

/** The snapshots of a home, each a folder with a record, a disk and a saved memory, whichever there are. */
export class SnapshotStore {
  readonly #paths: HomePaths;

  constructor(paths: HomePaths) {
    this.#paths = paths;
  }

  /** Snapshots a VM as it is now. Throws MicroVMError `exists`, `secret_in_memory`, `no_space`. */
  async make(name: string, runner: Runner): Promise<SnapshotInfo> {
    if (await this.#read(name)) throw taken(name);
    const making = join(this.#paths.snapshots, `.${name}.making`);
    await mkdir(making, { mode: 0o700 }).catch((cause: unknown) => {
      throw hasCode(cause, "EEXIST") ? taken(name) : cause;
    });
    try {
      const { id: vm, template, diskMiB, labels, user, limits, egress } = runner.manifest;
      const saved = await runner.still(async () => {
        await copyParts(runner.directory, making, runner.manifest);
        return runner.manifest.saved;
      });
      const createdAt = new Date().toISOString();
      const record: SnapshotRecord = {
        version: 1,
        name,
        vm,
        createdAt,
        template,
        saved,
        diskMiB,
        labels,
        user,
        limits,
        egress,
      };
      await writeJson(join(making, recordName), record, { durable: true });
      await rename(making, this.directory(name));
      return await this.#info(record);
    } finally {
      await rm(making, { recursive: true, force: true });
    }
  }

  /** By name. */
  async list(): Promise<SnapshotInfo[]> {
    return await Promise.all((await this.records()).map((record) => this.#info(record)));
  }

  async records(): Promise<SnapshotRecord[]> {
    const names = (await readdir(this.#paths.snapshots)).filter((name) => !unfinished.test(name)).sort();
    const records = await Promise.all(names.map((name) => this.#read(name)));
    return records.filter((record) => record !== undefined);
  }

  /** Throws MicroVMError `not_found`. */
  async get(name: string): Promise<SnapshotRecord> {
    const record = unfinished.test(name) || name.includes("/") ? undefined : await this.#read(name);
    if (record !== undefined) return record;
    throw new MicroVMError("not_found", `There is no snapshot ${name}; the list of snapshots names those there are.`);
  }

  /** VMs that live from it go on. Throws MicroVMError `not_found`. */
  async remove(name: string): Promise<void> {
    await this.get(name);
    const removing = join(this.#paths.snapshots, `.${name}.removing`);
    await rm(removing, { recursive: true, force: true });
    await rename(this.directory(name), removing);
    await rm(removing, { recursive: true, force: true });
  }

  directory(name: string): string {
    return join(this.#paths.snapshots, name);
  }

  async #read(name: string): Promise<SnapshotRecord | undefined> {
    const record = await readJson(join(this.directory(name), recordName), schema);
    return record?.name === name ? record : undefined;
  }

  async #info(record: SnapshotRecord): Promise<SnapshotInfo> {
    const { name, vm, createdAt, template, diskMiB, saved, labels } = record;
    const bytes = await allocatedBytes(this.directory(name));
    const { memoryMiB } = saved?.spec ?? template;
    return {
      name,
      vm,
      createdAt,
      template: template.name,
      memoryMiB,
      diskMiB,
      hasMemory: saved !== undefined,
      bytes,
      labels,
    };
  }
}

/** Removes what a dead owner had begun to make or to remove. */
export async function clearUnfinished({ snapshots }: HomePaths): Promise<void> {
  for (const name of await readdir(snapshots)) {
    if (unfinished.test(name)) await rm(join(snapshots, name), { recursive: true, force: true });
  }
}

function taken(name: string): MicroVMError {
  return new MicroVMError("exists", `A snapshot ${name} exists already; remove it or choose another name.`);
}
