import { join } from "node:path";
import type { Machine } from "../drivers/driver.js";
import { MicroVMError } from "../errors.js";
import type { EgressPolicy } from "../gateway/policy.js";
import { allocatedMiB } from "../space/allocated.js";
import { requireRoom } from "../space/room.js";
import type { TemplateSpec } from "../templates/spec.js";
import { copyDisk, diskOf } from "./disk.js";
import type { Prepared } from "./launch.js";
import { removeVm } from "./leftovers.js";
import type { Session } from "./link.js";
import type { Manifest } from "./manifest.js";
import { ManifestFile } from "./manifest-file.js";
import { Steps, type VmState } from "./steps.js";
import type { Surroundings } from "./surroundings.js";
import { Use } from "./use.js";

/** Keeps one VM as its owner wants it: starts, adopts, restarts, suspends and stops it, one step after the other, whoever asks. */
export class Runner {
  /** Who works with the VM. */
  readonly use = new Use();
  readonly #around: Surroundings;
  readonly #file: ManifestFile;
  readonly #steps: Steps;
  #opening: Promise<Session> | undefined;
  #lifecycle: Promise<unknown> = Promise.resolve();
  #isClosed = false;

  /** `prepared` is a machine that waits to become this VM's with its first start. */
  constructor(around: Surroundings, manifest: Manifest, prepared?: Prepared) {
    this.#around = around;
    this.#file = new ManifestFile(join(around.paths.vms, manifest.id), manifest);
    this.#steps = new Steps(around, { file: this.#file, use: this.use, prepared });
  }

  get manifest(): Readonly<Manifest> {
    return this.#file.content;
  }

  get directory(): string {
    return this.#file.directory;
  }

  get state(): VmState {
    return this.#steps.state;
  }

  get isRunning(): boolean {
    return this.state === "running";
  }

  /** True if it takes memory of the host now, or is about to. */
  get takesMemory(): boolean {
    return this.#steps.takesMemory;
  }

  /** True if there is something of it to go on from: a disk, or a saved memory. */
  get keepsSomething(): boolean {
    return this.manifest.diskMiB !== undefined || this.manifest.saved !== undefined;
  }

  get machine(): Machine | undefined {
    return this.#steps.machine;
  }

  /** The way into the running guest: the open connection, a new one, or one to a machine that is restarted or resumed for it. */
  session(): Promise<Session> {
    const { session } = this.#steps;
    if (session !== undefined) return Promise.resolve(session);
    this.#opening ??= this.#exclusively(() => this.#open()).finally(() => {
      this.#opening = undefined;
    });
    return this.#opening;
  }

  /**
   * For a call that was under way when its connection was lost: waits for as long as the VM is suspended, which such a call is no reason to
   * end, and resolves with the time that took in milliseconds. Throws MicroVMError `cancelled` when `signal` says so.
   */
  async untilAwake(signal?: AbortSignal): Promise<number> {
    const started = Date.now();
    await this.#lifecycle;
    while (this.state === "suspended" && !this.#isClosed) await this.use.resumed(signal);
    return Date.now() - started;
  }

  /**
   * Lends the VM as a clone of `spec`, from its next start on at the latest: one with a disk that runs as a clone of anything else, and that
   * is not lent yet, is stopped for it. The template is built before that, so that a build that fails costs nothing.
   */
  async lendAs(spec: TemplateSpec): Promise<void> {
    const { templates } = this.#around;
    const key = await templates.key(spec);
    if (this.#isToStopFor(key)) await templates.ensure(spec);
    await this.#exclusively(async () => {
      this.#assertUsable();
      if (this.#isToStopFor(key)) await this.#steps.shutDown({ wanted: "stopped" });
      await this.#file.change({ template: spec });
      this.use.isLent = true;
    });
  }

  #isToStopFor(key: string): boolean {
    const { diskMiB, clonedFrom, saved } = this.manifest;
    if (this.state === "stopped" || this.use.isLent || diskMiB === undefined) return false;
    return (saved ?? clonedFrom)?.key !== key;
  }

  /** Changes what its programs may reach, from now on. */
  async allow(egress: EgressPolicy): Promise<void> {
    await this.#exclusively(async () => {
      this.#assertUsable();
      await this.#steps.allow(egress);
    });
  }

  /** Starts or resumes it. */
  async start(): Promise<void> {
    await this.#exclusively(async () => {
      this.#assertUsable();
      if (this.manifest.wanted !== "running") await this.#file.change({ wanted: "running" });
    });
    await this.session();
  }

  /** It has answered: from now on a crash leaves it to the next owner. */
  async settle(): Promise<void> {
    await this.#exclusively(() => this.#file.change({ isNew: undefined }));
  }

  /** Ends the machine; a disk is synced and unmounted first. The memory of a suspended VM is given up. */
  stop(): Promise<void> {
    return this.#exclusively(async () => {
      if (this.#isClosed || (this.manifest.wanted === "stopped" && this.state === "stopped")) return;
      await this.#steps.shutDown({ wanted: "stopped" });
    });
  }

  /** As `stop`, but the next call starts it again. */
  rest(): Promise<void> {
    return this.#exclusively(async () => {
      if (this.isRunning && !this.use.isBusy) await this.#steps.shutDown({ wanted: "running", why: "idle" });
    });
  }

  /** Ends a VM that may live no longer: a disk is kept. */
  async expire(): Promise<void> {
    if (this.manifest.diskMiB === undefined) return this.destroy();
    await this.#exclusively(async () => {
      if (!this.#isClosed && this.state !== "stopped")
        await this.#steps.shutDown({ wanted: "stopped", why: "expired" });
    });
  }

  /**
   * Saves the memory and ends the machine: its programs go on when it is resumed. Throws MicroVMError `stopped` if it does not run,
   * `secret_in_memory`, `snapshot_failed`; in the last case it goes on from its disk.
   */
  suspend(): Promise<void> {
    return this.#exclusively(async () => {
      this.#assertUsable();
      if (this.state !== "suspended") await this.#steps.suspend();
    });
  }

  /** Holds the VM still while `step` copies what it consists of. One that runs is suspended for that, and goes on afterwards. */
  still<T>(step: () => Promise<T>): Promise<T> {
    return this.#exclusively(async () => {
      this.#assertUsable();
      if (!this.isRunning) return step();
      await this.#steps.suspend();
      try {
        return await step();
      } finally {
        await this.#open();
      }
    });
  }

  /**
   * Copies the disk, whole and as it is now. The guest of one that runs holds still for that, and goes on at once: it is not stopped. Throws
   * MicroVMError `invalid_argument` without a disk, `timed_out` if the copy takes longer than a guest holds still.
   */
  copyDisk(to: string): Promise<void> {
    return this.#exclusively(async () => {
      this.#assertUsable();
      const disk = diskOf(this.#file);
      if (disk === undefined) {
        const text = `The VM ${this.manifest.id} has no disk, and nothing else of a VM can be taken to another host.`;
        throw new MicroVMError("invalid_argument", text);
      }
      await requireRoom(this.directory, await allocatedMiB(disk));
      await (this.isRunning ? this.#steps.whileFrozen(() => copyDisk(disk, to)) : copyDisk(disk, to));
    });
  }

  /** Writes down that something secret is about to be in its memory: it is then not saved until its next start from the disk. */
  async holdSecret(): Promise<Disposable> {
    const hold = this.use.holdSecret();
    try {
      await this.session();
      await this.#exclusively(async () => {
        if (!this.manifest.heldSecret) await this.#file.change({ heldSecret: true });
      });
    } catch (error) {
      hold[Symbol.dispose]();
      throw error;
    }
    return hold;
  }

  /** Ends the machine and removes all that was kept of the VM. */
  destroy(): Promise<void> {
    return this.#exclusively(async () => {
      if (this.#isClosed) return;
      this.#isClosed = true;
      await this.#steps.disconnect();
      // Not taken off the record first: that would need space, and a disk that is full is a reason to destroy VMs.
      if (this.manifest.machine !== undefined) await this.#around.driver.destroy(this.manifest.machine);
      await removeVm(this.#around.paths, this.manifest.id);
      this.#around.emit({ type: "vm_destroyed", id: this.manifest.id });
    });
  }

  /** Closes the connection and leaves the machine running. */
  detach(): Promise<void> {
    return this.#exclusively(async () => {
      this.#isClosed = true;
      await this.#steps.disconnect();
    });
  }

  /** Takes over the machine of an earlier owner if it answers; else clears what is left of it. True if it runs. */
  adopt(): Promise<boolean> {
    return this.#exclusively(() => this.#steps.adopt());
  }

  async #open(): Promise<Session> {
    this.#assertUsable();
    const { id, wanted } = this.manifest;
    if (wanted === "running") return this.#steps.open();
    throw new MicroVMError("stopped", `The VM ${id} is stopped; start it first.`);
  }

  #assertUsable(): void {
    if (!this.#isClosed) return;
    throw new MicroVMError("closed", `The VM ${this.manifest.id} was destroyed or given up; get or create it again.`);
  }

  /** Starts and stops one after the other, whoever asks. */
  #exclusively<T>(step: () => Promise<T>): Promise<T> {
    const next = this.#lifecycle.then(step, step);
    this.#lifecycle = next.catch(() => undefined);
    return next;
  }
}
