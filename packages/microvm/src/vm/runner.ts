import { randomBytes } from "node:crypto";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Connection } from "../client/connection.js";
import type { Driver, ImageFiles, Machine } from "../drivers/driver.js";
import { isMicroVMError, MicroVMError } from "../errors.js";
import type { VmEvent } from "../events.js";
import type { HomePaths } from "../home.js";
import { machineSpec } from "../templates/build.js";
import type { TemplateSpec } from "../templates/spec.js";
import type { Template, TemplateStore } from "../templates/store.js";
import { configure, greet, reach } from "./contact.js";
import { diskName, ensureDisk } from "./disk.js";
import { type Manifest, writeManifest } from "./manifest.js";

/** What all VMs of a home share. */
export interface Surroundings {
  driver: Driver;
  image: ImageFiles;
  paths: HomePaths;
  templates: TemplateStore;
  emit: (event: VmEvent) => void;
}

/** An open way into the guest; `epoch` names the guest's incarnation. */
export interface Session {
  connection: Connection;
  epoch: number;
}

const powerOffMs = 10_000;
const pingEveryMs = 10_000;
const pingMs = 20_000;

/** Keeps one VM as its owner wants it: starts, adopts, restarts and stops its machine, and holds the connection to it. */
export class Runner {
  readonly #around: Surroundings;
  readonly #directory: string;
  #manifest: Manifest;
  #machine: Machine | undefined;
  #session: Session | undefined;
  #opening: Promise<Session> | undefined;
  #lifecycle: Promise<unknown> = Promise.resolve();
  #pinger: NodeJS.Timeout | undefined;
  #isLent = false;
  #isClosed = false;

  constructor(around: Surroundings, manifest: Manifest) {
    this.#around = around;
    this.#manifest = manifest;
    this.#directory = join(around.paths.vms, manifest.id);
  }

  get manifest(): Readonly<Manifest> {
    return this.#manifest;
  }

  get isRunning(): boolean {
    return this.#manifest.wanted === "running" && (this.#machine?.isAlive() ?? false);
  }

  /** The way into the running guest: the open connection, a new one, or one to a restarted machine. */
  session(): Promise<Session> {
    if (this.#session?.connection.isOpen) return Promise.resolve(this.#session);
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
      await this.#save({ template: spec });
      this.#isLent = true;
    });
  }

  #isToStopFor(key: string): boolean {
    const { diskMiB, templateKey } = this.#manifest;
    return this.isRunning && !this.#isLent && diskMiB !== undefined && templateKey !== key;
  }

  async start(): Promise<void> {
    await this.#exclusively(async () => {
      this.#assertUsable();
      this.#manifest = { ...this.#manifest, wanted: "running" };
    });
    await this.session();
  }

  /** Ends the machine; a disk is synced and unmounted first. */
  stop(): Promise<void> {
    return this.#exclusively(async () => {
      if (this.#isClosed || this.#manifest.wanted === "stopped") return;
      await this.#shutDown();
    });
  }

  /** Ends the machine and removes all that was kept of the VM. */
  destroy(): Promise<void> {
    return this.#exclusively(async () => {
      if (this.#isClosed) return;
      this.#isClosed = true;
      await this.#endMachine();
      await rm(this.#directory, { recursive: true, force: true });
      this.#around.emit({ type: "vm_destroyed", id: this.#manifest.id });
    });
  }

  /** Closes the connection and leaves the machine running. */
  detach(): Promise<void> {
    return this.#exclusively(async () => {
      this.#isClosed = true;
      await this.#disconnect();
    });
  }

  /** Takes over the machine of an earlier owner if it answers; else clears what is left of it. True if it runs. */
  adopt(): Promise<boolean> {
    return this.#exclusively(async () => {
      const { machine: record, id } = this.#manifest;
      if (record === undefined) return false;
      this.#machine = this.#around.driver.adopt(record);
      if (this.#machine !== undefined && (await this.#reconnect(this.#machine))) {
        this.#around.emit({ type: "vm_adopted", id });
        return true;
      }
      await this.#endMachine();
      await this.#save({ machine: undefined });
      return false;
    });
  }

  async #open(): Promise<Session> {
    this.#assertUsable();
    if (this.#session?.connection.isOpen) return this.#session;
    if (this.#manifest.wanted === "stopped") {
      throw new MicroVMError("stopped", `The VM ${this.#manifest.id} is stopped; start it first.`);
    }
    if (this.#machine?.isAlive()) {
      const session = await this.#reconnect(this.#machine);
      if (session !== undefined) return session;
    }
    if (this.#machine !== undefined) {
      const reason = (await this.#machine.diagnose()) || "its process ended";
      this.#around.emit({ type: "vm_lost", id: this.#manifest.id, reason });
      await this.#endMachine();
    }
    return this.#launch();
  }

  /** Clones the template; a template that does not load is built anew, once. */
  async #launch(): Promise<Session> {
    const started = Date.now();
    try {
      for (let attempt = 1; ; attempt++) {
        const template = await this.#around.templates.ensure(this.#manifest.template);
        try {
          const session = await this.#clone(template);
          this.#around.emit({ type: "vm_started", id: this.#manifest.id, durationMs: Date.now() - started });
          return session;
        } catch (error) {
          await this.#endMachine();
          if (attempt > 1 || !isMicroVMError(error, "start_failed")) throw error;
          await this.#around.templates.discard(template);
        }
      }
    } catch (error) {
      await this.#save({ machine: undefined });
      throw error;
    }
  }

  async #clone(template: Template): Promise<Session> {
    const { id, template: spec, diskMiB } = this.#manifest;
    const { driver, image } = this.#around;
    const record = driver.create({ log: join(this.#directory, "vmm.log") });
    const epoch = randomBytes(6).readUIntBE(0, 6);
    const disk = diskMiB === undefined ? undefined : join(this.#directory, diskName);
    if (disk !== undefined && diskMiB !== undefined) await ensureDisk(disk, diskMiB);
    // Written before the process exists, so that one left behind by a crash is found by its token.
    await this.#save({ machine: record, epoch, templateKey: template.key });
    const shape = machineSpec({ image, spec, disk });
    const machine = await driver.restore(shape, record, template);
    this.#machine = machine;
    // Costs nothing: the machine is loading meanwhile.
    await this.#save({ machine: machine.record });
    const connection = await greet(machine, id);
    await configure(connection, { id, epoch, hasDisk: disk !== undefined });
    return this.#hold({ connection, epoch });
  }

  async #reconnect(machine: Machine): Promise<Session | undefined> {
    const { epoch } = this.#manifest;
    const connection = await reach(machine, epoch);
    return connection === undefined ? undefined : this.#hold({ connection, epoch });
  }

  #hold(session: Session): Session {
    this.#session = session;
    clearInterval(this.#pinger);
    this.#pinger = setInterval(() => void this.#tend(session), pingEveryMs).unref();
    return session;
  }

  /** A guest that hears nothing powers off; one that answers nothing is left, and the next call decides what to do. */
  async #tend({ connection }: Session): Promise<void> {
    try {
      connection.flushForgotten();
      await this.#machine?.trimLog();
      await connection.ping(pingMs);
    } catch {
      await connection.close();
    }
  }

  async #shutDown(): Promise<void> {
    await this.#powerOff();
    await this.#endMachine();
    await this.#save({ machine: undefined, wanted: "stopped" });
    this.#around.emit({ type: "vm_stopped", id: this.#manifest.id });
  }

  /** Lets a guest with a disk unmount it. What was answered is safe without that; the unmount saves a journal replay. */
  async #powerOff(): Promise<void> {
    const machine = this.#machine;
    if (this.#manifest.diskMiB === undefined || machine === undefined || !machine.isAlive()) return;
    try {
      const session = this.#session?.connection.isOpen ? this.#session : await this.#reconnect(machine);
      await session?.connection.call({ op: "power_off", args: {}, maxData: 0, deadlineMs: powerOffMs });
    } catch (error) {
      if (!isMicroVMError(error)) throw error;
    }
    const deadline = Date.now() + powerOffMs;
    while (machine.isAlive() && Date.now() < deadline) await delay(10);
  }

  async #endMachine(): Promise<void> {
    await this.#disconnect();
    this.#machine = undefined;
    const { machine: record } = this.#manifest;
    if (record !== undefined) await this.#around.driver.destroy(record);
  }

  async #disconnect(): Promise<void> {
    clearInterval(this.#pinger);
    const session = this.#session;
    this.#session = undefined;
    await session?.connection.close();
  }

  async #save(change: Partial<Manifest>): Promise<void> {
    this.#manifest = { ...this.#manifest, ...change };
    await writeManifest(this.#directory, this.#manifest);
  }

  #assertUsable(): void {
    if (!this.#isClosed) return;
    throw new MicroVMError("closed", `The VM ${this.#manifest.id} was destroyed or given up; get or create it again.`);
  }

  /** Starts and stops one after the other, whoever asks. */
  #exclusively<T>(step: () => Promise<T>): Promise<T> {
    const next = this.#lifecycle.then(step, step);
    this.#lifecycle = next.catch(() => undefined);
    return next;
  }
}
