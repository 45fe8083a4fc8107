import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, realpath, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Driver, ImageFiles, Isolation } from "./drivers/driver.js";
import { type DriverOptions, openDriver } from "./drivers/open.js";
import { removeMachine } from "./drivers/record.js";
import { MicroVMError } from "./errors.js";
import type { VmEvent } from "./events.js";
import { type HomePaths, hasCode, makeHome } from "./home.js";
import { ImageRegistry } from "./images/registry.js";
import { Lock } from "./lock.js";
import { type TemplateSpec, templateSpec } from "./templates/spec.js";
import { clearAbandonedBuilds, TemplateStore } from "./templates/store.js";
import { clearFolder, readManifests, removeVm } from "./vm/leftovers.js";
import { type Manifest, readManifest, writeManifest } from "./vm/manifest.js";
import { MicroVM } from "./vm/microvm.js";
import { Runner } from "./vm/runner.js";
import type { Surroundings } from "./vm/surroundings.js";

/** What a list of VMs shows. */
export interface VmInfo {
  id: string;
  state: "running" | "stopped";
  isolation: Isolation;
  /** The template's name. */
  template: string;
  memoryMiB: number;
  diskMiB?: number;
  createdAt: string;
  labels: Record<string, string>;
  pid?: number;
}

export interface CreateOptions {
  /** Default: random. */
  id?: string;
  template: TemplateSpec;
  /** Size of the VM's own disk, which is sparse. Absent: the root is in memory and nothing is kept. */
  diskMiB?: number;
  labels?: Record<string, string>;
}

const validId = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

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
  /** The images that a template can name. */
  readonly images: ImageRegistry;
  readonly #around: Surroundings;
  readonly #lock: Lock;
  readonly #vms = new Map<string, { runner: Runner; vm: MicroVM }>();
  #isClosed = false;

  private constructor(around: Surroundings, o: { images: ImageRegistry; lock: Lock }) {
    this.#around = around;
    this.images = o.images;
    this.#lock = o.lock;
    this.isolation = around.driver.isolation;
  }

  /**
   * Takes over a home: adopts the VMs that live and answer, clears what is left of the others. Throws MicroVMError
   * `home_in_use` while another process owns it, `requirement_missing` without a way of running VMs or the image, `isolation_refused` where
   * production mode wants more than there is.
   */
  static async open(
    o: DriverOptions & {
      home: string;
      image: ImageFiles;
      onEvent?: (event: VmEvent) => void;
    },
  ): Promise<MicroVMs> {
    const paths = await makeHome(o.home);
    const lock = await ownHome(paths);
    try {
      checkImage(o.image);
      await clearAbandonedBuilds(paths);
      const driver: Driver = await openDriver({ ...o, paths });
      const emit = (event: VmEvent) => o.onEvent?.(event);
      const images = new ImageRegistry({ paths, base: o.image, usersOf: (name) => usersOf(paths, name) });
      const templates = new TemplateStore({
        driver,
        images,
        paths,
        onBuild: (template, durationMs) => emit({ type: "template_built", template, durationMs }),
      });
      const vms = new MicroVMs({ driver, paths, templates, emit }, { images, lock });
      await vms.#adoptAll();
      return vms;
    } catch (error) {
      await lock[Symbol.asyncDispose]();
      throw error;
    }
  }

  /**
   * Ends every VM of an owner that is dead and removes what only a running VM needs; disks stay. Throws MicroVMError
   * `home_in_use` if the owner lives.
   */
  static async cleanUp(home: string): Promise<void> {
    const paths = await makeHome(home);
    await using _lock = await ownHome(paths);
    await clearAbandonedBuilds(paths);
    for (const { directory, manifest } of await readManifests(paths)) {
      if (manifest.machine !== undefined) await removeMachine(manifest.machine);
      if (manifest.diskMiB === undefined) await removeVm(paths, manifest.id);
      else await writeManifest(directory, { ...manifest, machine: undefined, wanted: "stopped" });
    }
    await rm(paths.run, { recursive: true, force: true });
  }

  /** Creates a VM and starts it. Throws `exists` if the id is taken, `invalid_argument` for a bad id or template. */
  async create(o: CreateOptions): Promise<MicroVM> {
    this.#assertOpen();
    const id = o.id ?? randomUUID();
    if (!validId.test(id)) throw invalid(`"${id}" is no id for a VM: use letters, digits, ".", "_" and "-"`);
    const manifest: Manifest = {
      version: 2,
      id,
      template: parseTemplate(o.template),
      diskMiB: o.diskMiB,
      labels: o.labels ?? {},
      createdAt: new Date().toISOString(),
      wanted: "running",
      epoch: 0,
    };
    const directory = join(this.#around.paths.vms, id);
    await mkdir(directory, { mode: 0o700 }).catch((cause: unknown) => {
      throw hasCode(cause, "EEXIST") ? taken(id) : cause;
    });
    const { runner, vm } = this.#register(manifest);
    runner.lend();
    try {
      await writeManifest(directory, manifest);
      await runner.session();
      return vm;
    } catch (error) {
      await vm.destroy();
      throw error;
    }
  }

  /**
   * The VM with this id, started if it is stopped. With a `template`, its next start clones that one, over the same disk. A VM with a disk
   * that an earlier owner left running from another template, image or layer is restarted for it at once; what that owner had under way in
   * it ends as if the VM had died. One that this process has created or got already, by which somebody may be working, runs on as it is.
   * Throws MicroVMError `not_found`, `invalid_argument` for a bad template.
   */
  async get(id: string, o: { template?: TemplateSpec } = {}): Promise<MicroVM> {
    const { runner, vm } = this.#entry(id);
    if (o.template === undefined) runner.lend();
    else await runner.lendAs(parseTemplate(o.template));
    if (!runner.isRunning) await runner.start();
    return vm;
  }

  list(): VmInfo[] {
    return [...this.#vms.values()].map(({ runner }) => {
      const { manifest, isRunning } = runner;
      return {
        id: manifest.id,
        state: isRunning ? "running" : "stopped",
        isolation: this.isolation,
        template: manifest.template.name,
        memoryMiB: manifest.template.memoryMiB,
        diskMiB: manifest.diskMiB,
        createdAt: manifest.createdAt,
        labels: manifest.labels,
        pid: isRunning ? manifest.machine?.process?.pid : undefined,
      };
    });
  }

  /** Ends a VM and removes its disk. Throws MicroVMError `not_found`. */
  async destroy(id: string): Promise<void> {
    await this.#entry(id).vm.destroy();
  }

  /** Stops every VM with a disk, destroys those without, and gives the home free. */
  async stopAll(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    try {
      await Promise.all([...this.#vms.values()].map(({ vm }) => vm[Symbol.asyncDispose]()));
      await rm(this.#around.paths.run, { recursive: true, force: true });
    } finally {
      await this.#lock[Symbol.asyncDispose]();
    }
  }

  /** Gives the home free and leaves the VMs running for the next owner. */
  async detach(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await Promise.all([...this.#vms.values()].map(({ runner }) => runner.detach()));
    await this.#lock[Symbol.asyncDispose]();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stopAll();
  }

  async #adoptAll(): Promise<void> {
    const manifests = await readManifests(this.#around.paths);
    await Promise.all(
      manifests.map(async ({ manifest }) => {
        // A start that was cut short has no pid on record, and no state worth keeping.
        if (manifest.machine !== undefined && manifest.machine.process === undefined)
          await removeMachine(manifest.machine);
        const { runner } = this.#register(manifest);
        const runs = await runner.adopt();
        if (runs || manifest.diskMiB !== undefined) return;
        this.#vms.delete(manifest.id);
        await removeVm(this.#around.paths, manifest.id);
      }),
    );
    const used = new Set([...this.#vms.values()].flatMap(({ runner }) => runner.manifest.machine?.jail ?? []));
    await clearFolder(this.#around.paths.run, used);
  }

  #register(manifest: Manifest): { runner: Runner; vm: MicroVM } {
    const runner = new Runner(this.#around, manifest);
    const onDestroyed = () => this.#vms.delete(manifest.id);
    const entry = { runner, vm: new MicroVM(runner, { isolation: this.isolation, onDestroyed }) };
    this.#vms.set(manifest.id, entry);
    return entry;
  }

  #entry(id: string): { runner: Runner; vm: MicroVM } {
    this.#assertOpen();
    const entry = this.#vms.get(id);
    if (entry === undefined)
      throw new MicroVMError("not_found", `There is no VM ${id}; the list of VMs names those there are.`);
    return entry;
  }

  #assertOpen(): void {
    if (this.#isClosed) throw new MicroVMError("closed", "These VMs were given up; open the home again.");
  }
}

async function ownHome(paths: HomePaths): Promise<Lock> {
  const lock = await Lock.tryTake(await realpath(paths.vms));
  if (lock !== undefined) return lock;
  throw new MicroVMError(
    "home_in_use",
    `Another process owns the VMs under ${paths.vms}; stop it first (\`vibewriter stop\`).`,
  );
}

/** The VMs that stand on an image. */
async function usersOf(paths: HomePaths, image: string): Promise<string[]> {
  const manifests = await Promise.all((await readdir(paths.vms)).map((id) => readManifest(join(paths.vms, id))));
  return manifests.flatMap((manifest) => (manifest?.template.image === image ? [manifest.id] : []));
}

function checkImage(image: ImageFiles): void {
  for (const path of [image.kernel, image.vmlinux, image.initrd, image.base]) {
    if (existsSync(path)) continue;
    throw new MicroVMError("requirement_missing", `The VM image file ${path} is missing; run \`npm run setup\`.`);
  }
}

function parseTemplate(template: TemplateSpec): TemplateSpec {
  const parsed = templateSpec.safeParse(template);
  if (parsed.success) return parsed.data;
  throw invalid(`the template is not valid: ${parsed.error.issues[0]?.message}`);
}

function taken(id: string): MicroVMError {
  return new MicroVMError("exists", `A VM ${id} exists already; use it or choose another id.`);
}

function invalid(why: string): MicroVMError {
  return new MicroVMError("invalid_argument", `The VM cannot be made: ${why}.`);
}
