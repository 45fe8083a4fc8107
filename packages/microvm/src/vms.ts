import { rm } from "node:fs/promises";
import { bring } from "./bring.js";
import type { Isolation } from "./drivers/driver.js";
import { MicroVMError } from "./errors.js";
import { exportVm, type ImportOptions, importVm } from "./export/vm.js";
import type { EgressPolicy } from "./gateway/policy.js";
import type { ImageRegistry } from "./images/registry.js";
import { hostDiskMiB } from "./limits.js";
import { type HomeOptions, type OpenHome, openHome } from "./open.js";
import { cleanUpHome } from "./owner.js";
import type { Entry, VmInfo } from "./registry.js";
import { type CreateOptions, newManifest, parseEgress, parseName, parseTemplate } from "./request.js";
import type { SnapshotInfo } from "./snapshots/store.js";
import { allocatedMiB } from "./space/allocated.js";
import { type DiskUse, measureHome } from "./space/df.js";
import { collectGarbage, type GcReport } from "./space/gc.js";
import { startingMiB } from "./space/quota.js";
import type { TemplateSpec } from "./templates/spec.js";
import { diskPath } from "./vm/disk.js";
import type { Manifest } from "./vm/manifest.js";
import type { MicroVM } from "./vm/microvm.js";
import { copyParts, type Parts } from "./vm/parts.js";
import type { VmStats } from "./vm/stats.js";

/**
 * The VMs of one home, and their only owner. When the owner dies, the VMs live on for ten minutes, and the next owner
 * takes them over.
 *
 * ```ts
 * await using vms = await MicroVMs.open({ home, image });
 * await using vm = await vms.create({ template: { name: "work", memoryMiB: 512, layers: [] }, diskMiB: 4096 });
 * const { stdout } = await vm.exec({ command: "uname -a" });
 * ```
 */
export class MicroVMs implements AsyncDisposable {
  readonly isolation: Isolation;
  /** What keeps a VM's process in that this host lacks, each as a sentence for its operator; empty: nothing. */
  readonly weaknesses: readonly string[];
  /** The images that a template can name. */
  readonly images: ImageRegistry;
  readonly #home: OpenHome;
  #isClosed = false;

  private constructor(home: OpenHome) {
    this.#home = home;
    this.images = home.images;
    this.isolation = home.driver.isolation;
    this.weaknesses = home.driver.weaknesses;
  }

  /**
   * Takes over a home: adopts the VMs that live and answer, clears what is left of the others. Throws MicroVMError
   * `home_in_use` while another process owns it, `requirement_missing` without a way of running VMs or the image, `isolation_refused` where
   * production mode wants more than there is.
   */
  static async open(o: HomeOptions): Promise<MicroVMs> {
    return new MicroVMs(await openHome(o));
  }

  /**
   * Ends every VM of an owner that is dead and removes what only a running VM needs; disks and saved memories stay. Throws MicroVMError
   * `home_in_use` if the owner lives.
   */
  static async cleanUp(home: string): Promise<void> {
    await cleanUpHome(home);
  }

  /**
   * Creates a VM and starts it. Throws MicroVMError `exists` if the id is taken, `invalid_argument` for a bad id, template or limit,
   * `limit_exceeded`, `quota_exceeded`.
   */
  async create(o: CreateOptions): Promise<MicroVM> {
    this.#assertOpen();
    return await bring(this.#home, { manifest: newManifest(o), addsMiB: startingMiB(o.diskMiB) });
  }

  /**
   * The VM with this id, started if it is stopped, resumed if it is suspended. With a `template`, its next start clones that one, over the
   * same disk. A VM with a disk that an earlier owner left running or suspended from another template, image or layer is restarted for it at
   * once; what that owner had under way in it ends as if the VM had died. One that this process has created or got already, by which
   * somebody may be working, runs on as it is. An `egress` policy holds at once. Throws MicroVMError `not_found`, `invalid_argument` for a
   * bad template or policy, `expired`.
   */
  async get(id: string, o: { template?: TemplateSpec; egress?: EgressPolicy } = {}): Promise<MicroVM> {
    const { runner, vm } = this.#entry(id);
    if (o.egress !== undefined) await runner.allow(parseEgress(o.egress));
    if (o.template === undefined) runner.use.isLent = true;
    else await runner.lendAs(parseTemplate(o.template));
    if (!runner.isRunning) await runner.start();
    return vm;
  }

  /** The largest disk that a VM may be promised here, in MiB. */
  hostDiskMiB(): Promise<number> {
    return hostDiskMiB(this.#home.paths.vms);
  }

  list(): VmInfo[] {
    return this.#home.registry.list();
  }

  /**
   * Keeps a VM as it is now, with its processes if it runs or is suspended, under a name from which any number of VMs can be forked. A VM
   * that runs stands still meanwhile. Throws MicroVMError `not_found`, `exists`, `secret_in_memory`, `quota_exceeded`.
   */
  async snapshot(id: string, name: string): Promise<SnapshotInfo> {
    const { runner } = this.#entry(id);
    const { quota, snapshots } = this.#home;
    const addsMiB = await allocatedMiB(diskPath(runner.directory));
    return await quota.within(addsMiB, () => snapshots.make(parseName(name), runner));
  }

  /** By name. */
  async snapshots(): Promise<SnapshotInfo[]> {
    this.#assertOpen();
    return await this.#home.snapshots.list();
  }

  /** The VMs that were forked from it go on. Throws MicroVMError `not_found`. */
  async removeSnapshot(name: string): Promise<void> {
    this.#assertOpen();
    await this.#home.snapshots.remove(name);
  }

  /**
   * Makes a VM of what another one, or a snapshot, is: its processes go on in both if there are any, each with its own disk, name, entropy
   * and clock. It has the user, limits, egress policy and, unless others are given, the labels of the first. Throws MicroVMError `not_found`, `exists`,
   * `secret_in_memory`, `limit_exceeded`, `quota_exceeded`.
   */
  async fork(
    from: { vm: string; snapshot?: undefined } | { snapshot: string; vm?: undefined },
    o: { id?: string; labels?: Record<string, string> } = {},
  ): Promise<MicroVM> {
    const { snapshots } = this.#home;
    if (from.vm === undefined) {
      this.#assertOpen();
      const record = await snapshots.get(from.snapshot);
      const directory = snapshots.directory(from.snapshot);
      return await this.#copy(record, o, directory, async (to) => {
        await copyParts(directory, to, record);
        return record;
      });
    }
    const { runner } = this.#entry(from.vm);
    return await this.#copy(runner.manifest, o, runner.directory, (to) =>
      runner.still(async () => {
        await copyParts(runner.directory, to, runner.manifest);
        return runner.manifest;
      }),
    );
  }

  /**
   * Writes a VM's disk and shape into one file, from which it can be imported on any host. One that runs holds still while its disk is
   * copied, and is not stopped: a frozen disk is as whole as one that was unmounted. Its memory, with the processes, is not in the file: it
   * would fit this image on this processor only. Throws MicroVMError `not_found`, `exists` for the file, `invalid_argument` for a VM without
   * a disk, `quota_exceeded`, `no_space`.
   */
  async export(id: string, file: string): Promise<void> {
    const { runner } = this.#entry(id);
    await exportVm(this.#home, runner, file);
  }

  /**
   * Makes a VM of an exported file, which may be anybody's; its first call starts it. The file gives its disk and its shape, and no rights:
   * layers, labels, user, limits and egress policy are those that are given here. Throws MicroVMError `invalid_argument` for a file that is
   * not whole, `exists`, `limit_exceeded`, `quota_exceeded`, `no_space`.
   */
  async import(file: string, o: ImportOptions = {}): Promise<MicroVM> {
    this.#assertOpen();
    return await importVm(this.#home, file, o);
  }

  /**
   * Has so many machines of a template wait to become VMs: creating one from a template with the same disk takes one of them at once, and
   * another takes its place. They are in no list. 0: none any more. Resolves when they wait.
   */
  async warm(template: TemplateSpec, o: { count: number; diskMiB?: number }): Promise<void> {
    this.#assertOpen();
    await this.#home.pool.warm(parseTemplate(template), o);
  }

  /** What a VM costs and what it may cost; one that rests is not started for that. Throws MicroVMError `not_found`. */
  async stats(id: string): Promise<VmStats> {
    return await this.#entry(id).vm.stats();
  }

  /** What takes space in the home. */
  async df(): Promise<DiskUse> {
    this.#assertOpen();
    return await measureHome(this.#home.paths);
  }

  /** Removes what nobody needs any more; with `dryRun`, only says what that is. */
  async gc(o: { dryRun?: boolean } = {}): Promise<GcReport> {
    this.#assertOpen();
    const { paths, registry, snapshots, templates } = this.#home;
    const manifests = registry.all().map(({ runner }) => runner.manifest);
    const needed = [...manifests, ...(await snapshots.records())].map(({ template }) => template);
    return await collectGarbage({ paths, templates, needed, dryRun: o.dryRun ?? false });
  }

  /** Ends a VM and removes its disk. Throws MicroVMError `not_found`. */
  async destroy(id: string): Promise<void> {
    await this.#entry(id).vm.destroy();
  }

  /** Stops every VM with a disk, leaves suspended ones as they are, destroys the others, and gives the home free. */
  async stopAll(): Promise<void> {
    await this.#close(async ({ registry, paths }) => {
      await Promise.all(registry.all().map(({ vm }) => vm[Symbol.asyncDispose]()));
      await rm(paths.run, { recursive: true, force: true });
    });
  }

  /** Gives the home free and leaves the VMs running for the next owner. */
  async detach(): Promise<void> {
    await this.#close(async ({ registry }) => {
      await Promise.all(registry.all().map(({ runner }) => runner.detach()));
    });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stopAll();
  }

  async #close(step: (home: OpenHome) => Promise<void>): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    try {
      this.#home.warden[Symbol.dispose]();
      await this.#home.pool[Symbol.asyncDispose]();
      await step(this.#home);
    } finally {
      await this.#home.lock[Symbol.asyncDispose]();
    }
  }

  async #copy(
    of: Pick<Manifest, "template" | "diskMiB" | "labels" | "user" | "limits" | "egress">,
    o: { id?: string; labels?: Record<string, string> },
    directory: string,
    fill: (to: string) => Promise<Parts>,
  ): Promise<MicroVM> {
    const { template, diskMiB, user, limits, egress } = of;
    const manifest = newManifest({ id: o.id, template, diskMiB, labels: o.labels ?? of.labels, user, limits, egress });
    const addsMiB = startingMiB(diskMiB) + (await allocatedMiB(diskPath(directory)));
    return await bring(this.#home, { manifest, addsMiB, fill });
  }

  #entry(id: string): Entry {
    this.#assertOpen();
    return this.#home.registry.get(id);
  }

  #assertOpen(): void {
    if (this.#isClosed) throw new MicroVMError("closed", "These VMs were given up; open the home again.");
  }
}
