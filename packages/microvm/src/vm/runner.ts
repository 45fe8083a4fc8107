import { join } from "node:path";
import type { Machine } from "../drivers/driver.js";
import { MicroVMError } from "../errors.js";
import type { TemplateSpec } from "../templates/spec.js";
import { reach } from "./contact.js";
import { endMachine, launch } from "./launch.js";
import { removeVm } from "./leftovers.js";
import { Link, type Session } from "./link.js";
import type { Manifest } from "./manifest.js";
import { ManifestFile } from "./manifest-file.js";
import { powerOff } from "./power-off.js";
import type { Surroundings } from "./surroundings.js";

/** Keeps one VM as its owner wants it: starts, adopts, restarts and stops its machine, and holds the connection to it. */
export class Runner {
  readonly #around: Surroundings;
  readonly #file: ManifestFile;
  readonly #link = new Link();
  #machine: Machine | undefined;
  #opening: Promise<Session> | undefined;
  #lifecycle: Promise<unknown> = Promise.resolve();
  #isLent = false;
  #isClosed = false;

  constructor(around: Surroundings, manifest: Manifest) {
    this.#around = around;
    this.#file = new ManifestFile(join(around.paths.vms, manifest.id), manifest);
  }

  get manifest(): Readonly<Manifest> {
    return this.#file.content;
  }

  get isRunning(): boolean {
    return this.manifest.wanted === "running" && (this.#machine?.isAlive() ?? false);
  }

  /** The way into the running guest: the open connection, a new one, or one to a restarted machine. */
  session(): Promise<Session> {
    const { session } = this.#link;
    if (session !== undefined) return Promise.resolve(session);
    this.#opening ??= this.#exclusively(() => this.#open()).finally(() => {
      this.#opening = undefined;
    });
    return this.#opening;
  }

  /** From now on somebody in this process works with the VM: it is not restarted under them for another template. */
  lend(): void {
    this.#isLent = true;
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
      if (this.#isToStopFor(key)) await this.#shutDown();
      await this.#file.change({ template: spec });
      this.#isLent = true;
    });
  }

  #isToStopFor(key: string): boolean {
    const { diskMiB, templateKey } = this.manifest;
    return this.isRunning && !this.#isLent && diskMiB !== undefined && templateKey !== key;
  }

  async start(): Promise<void> {
    await this.#exclusively(async () => {
      this.#assertUsable();
      await this.#file.change({ wanted: "running" });
    });
    await this.session();
  }

  /** Ends the machine; a disk is synced and unmounted first. */
  stop(): Promise<void> {
    return this.#exclusively(async () => {
      if (this.#isClosed || this.manifest.wanted === "stopped") return;
      await this.#shutDown();
    });
  }

  /** Ends the machine and removes all that was kept of the VM. */
  destroy(): Promise<void> {
    return this.#exclusively(async () => {
      if (this.#isClosed) return;
      this.#isClosed = true;
      await this.#link.close();
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
      await this.#link.close();
    });
  }

  /** Takes over the machine of an earlier owner if it answers; else clears what is left of it. True if it runs. */
  adopt(): Promise<boolean> {
    return this.#exclusively(async () => {
      const { machine: record, id } = this.manifest;
      if (record === undefined) return false;
      this.#machine = this.#around.driver.adopt(record);
      if (this.#machine !== undefined && (await this.#reconnect(this.#machine))) {
        this.#around.emit({ type: "vm_adopted", id });
        return true;
      }
      await this.#endMachine();
      return false;
    });
  }

  async #open(): Promise<Session> {
    this.#assertUsable();
    const { session } = this.#link;
    if (session !== undefined) return session;
    const { id, wanted } = this.manifest;
    if (wanted === "stopped") throw new MicroVMError("stopped", `The VM ${id} is stopped; start it first.`);
    if (this.#machine?.isAlive()) {
      const session = await this.#reconnect(this.#machine);
      if (session !== undefined) return session;
    }
    if (this.#machine !== undefined) {
      const reason = (await this.#machine.diagnose()) || "its process ended";
      this.#around.emit({ type: "vm_lost", id, reason });
      await this.#endMachine();
    }
    return this.#launch();
  }

  async #launch(): Promise<Session> {
    const started = Date.now();
    const { machine, connection, epoch } = await launch(this.#around, this.#file);
    this.#machine = machine;
    this.#around.emit({ type: "vm_started", id: this.manifest.id, durationMs: Date.now() - started });
    return this.#link.hold({ connection, epoch }, machine);
  }

  async #reconnect(machine: Machine): Promise<Session | undefined> {
    const { epoch } = this.manifest;
    const connection = await reach(machine, epoch);
    return connection === undefined ? undefined : this.#link.hold({ connection, epoch }, machine);
  }

  async #shutDown(): Promise<void> {
    const machine = this.#machine;
    if (this.manifest.diskMiB !== undefined && machine?.isAlive()) {
      const session = this.#link.session ?? (await this.#reconnect(machine));
      await powerOff(machine, session?.connection);
    }
    await this.#endMachine();
    await this.#file.change({ wanted: "stopped" });
    this.#around.emit({ type: "vm_stopped", id: this.manifest.id });
  }

  async #endMachine(): Promise<void> {
    await this.#link.close();
    this.#machine = undefined;
    await endMachine(this.#around, this.#file);
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
