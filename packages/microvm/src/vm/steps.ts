import { isDeepStrictEqual } from "node:util";
import type { Machine } from "../drivers/driver.js";
import { isMicroVMError, MicroVMError, wordsOf } from "../errors.js";
import type { VmStep } from "../events.js";
import type { EgressPolicy } from "../gateway/policy.js";
import { requireRoom } from "../space/room.js";
import { freeze, reach, thaw } from "./contact.js";
import { diskOf } from "./disk.js";
import { endMachine, type Launched, launch, makeOwn, type Prepared } from "./launch.js";
import { Link, type Session } from "./link.js";
import { expiryOf } from "./manifest.js";
import type { ManifestFile } from "./manifest-file.js";
import { powerOff } from "./power-off.js";
import { removeSaved } from "./saved.js";
import type { Surroundings } from "./surroundings.js";
import { assertSavable, resume, save } from "./suspend.js";
import type { Use } from "./use.js";

export type VmState = "running" | "stopped" | "suspended";

/** The machine of one VM and the connection to it: the steps from one state to another. Its runner makes them one at a time. */
export class Steps {
  readonly #around: Surroundings;
  readonly #file: ManifestFile;
  readonly #use: Use;
  readonly #link = new Link();
  #machine: Machine | undefined;
  #prepared: Prepared | undefined;
  #lives = 0;
  #isStarting = false;

  /** `prepared` is a machine that waits to become this VM's with its first start. */
  constructor(around: Surroundings, o: { file: ManifestFile; use: Use; prepared?: Prepared }) {
    this.#around = around;
    this.#file = o.file;
    this.#use = o.use;
    this.#prepared = o.prepared;
  }

  get state(): VmState {
    const { saved, wanted } = this.#file.content;
    if (saved !== undefined) return "suspended";
    return wanted === "running" && this.#machine?.isAlive() ? "running" : "stopped";
  }

  /** True if it takes memory of the host now, or is about to. */
  get takesMemory(): boolean {
    return this.#isStarting || this.state === "running";
  }

  get machine(): Machine | undefined {
    return this.#machine;
  }

  get session(): Session | undefined {
    return this.#link.session;
  }

  /** Takes over the machine of an earlier owner if it answers; else clears what is left of it. True if it runs. */
  async adopt(): Promise<boolean> {
    const { machine: record, saved } = this.#file.content;
    // With its memory saved, a machine on record is one that was not ended yet.
    this.#machine = record === undefined || saved !== undefined ? undefined : this.#around.driver.adopt(record);
    if (this.#machine !== undefined && (await this.#reconnect(this.#machine))) {
      this.#emit({ type: "vm_adopted" });
      return true;
    }
    await this.end();
    return false;
  }

  /** The way into the guest: to the machine that runs, or to one that is resumed or started for it. */
  async open(): Promise<Session> {
    const session = this.#link.session ?? (this.#machine?.isAlive() ? await this.#reconnect(this.#machine) : undefined);
    if (session !== undefined) return session;
    if (this.#machine !== undefined) await this.#lose((await this.#machine.diagnose()) || "its process ended");
    assertNotExpired(this.#file);
    this.#isStarting = true;
    try {
      this.#around.admit(this.#file.content);
      return (await this.#resume()) ?? (await this.#launch());
    } finally {
      this.#isStarting = false;
    }
  }

  async suspend(): Promise<void> {
    const started = Date.now();
    const { id } = this.#file.content;
    const machine = this.state === "running" ? this.#machine : undefined;
    if (machine === undefined) throw new MicroVMError("stopped", `The VM ${id} does not run; start it first.`);
    const { spec } = await assertSavable(this.#around, this.#file);
    await requireRoom(this.#file.directory, spec.memoryMiB);
    await this.#around.makeRoom(spec.memoryMiB, () => this.#save(machine));
    this.#emit({ type: "vm_suspended", durationMs: Date.now() - started });
  }

  async #save(machine: Machine): Promise<void> {
    const { id } = this.#file.content;
    const session = this.#link.session ?? (await this.#reconnect(machine));
    if (session === undefined) {
      throw new MicroVMError("snapshot_failed", `The VM ${id} does not answer; the next call starts it again.`);
    }
    await freeze(session.connection);
    await this.#link.close();
    try {
      await save(this.#around, this.#file, machine);
    } catch (error) {
      if (!isMicroVMError(error, "no_space") || !(await this.#goOn(machine))) await this.#lose(wordsOf(error));
      throw error;
    }
    this.#machine = undefined;
  }

  /** Changes what its programs may reach. One that runs has what it had open closed: that was allowed by other rules. */
  async allow(egress: EgressPolicy): Promise<void> {
    if (isDeepStrictEqual(egress, this.#file.content.egress)) return;
    await this.#file.change({ egress });
    const { session } = this.#link;
    if (session !== undefined) await this.#link.serve(this.#doors(session));
  }

  /** Runs `step` while no program of the guest runs and its disk does not change. */
  async whileFrozen(step: () => Promise<void>): Promise<void> {
    const { connection } = await this.open();
    await freeze(connection);
    let hasWaited = false;
    try {
      await step();
    } finally {
      hasWaited = await thaw(connection);
    }
    if (hasWaited) return;
    const text = `The disk of the VM ${this.#file.content.id} was not copied in the time that its programs hold still; stop it first.`;
    throw new MicroVMError("timed_out", text);
  }

  /** Lets a frozen machine go on that there was no room to save. False if it does not answer any more. */
  async #goOn(machine: Machine): Promise<boolean> {
    const session = await this.#reconnect(machine);
    if (session === undefined) return false;
    await thaw(session.connection);
    return true;
  }

  /** Lets a disk be unmounted, ends the machine, gives up a saved memory. */
  async shutDown(o: { wanted: "running" | "stopped"; why?: "idle" | "expired" }): Promise<void> {
    const machine = this.#machine;
    if (diskOf(this.#file) !== undefined && machine?.isAlive()) {
      const session = this.#link.session ?? (await this.#reconnect(machine));
      await powerOff(machine, session?.connection);
    }
    await this.end();
    await this.#file.change({ wanted: o.wanted, saved: undefined });
    await removeSaved(this.#file.directory);
    this.#use.wake();
    this.#emit({ type: "vm_stopped", why: o.why });
  }

  /** Ends the machine, however it is. */
  async end(): Promise<void> {
    await this.#link.close();
    this.#machine = undefined;
    await endMachine(this.#around, this.#file);
  }

  /** Closes the connection and leaves the machine as it is. */
  async disconnect(): Promise<void> {
    await this.#link.close();
    this.#use.wake();
  }

  async #launch(): Promise<Session> {
    const started = Date.now();
    if (this.#file.content.saved !== undefined) await this.#file.change({ saved: undefined });
    await removeSaved(this.#file.directory);
    const launched = (await this.#takePrepared()) ?? (await launch(this.#around, this.#file));
    this.#lives += 1;
    if (this.#use.hasSecret) await this.#file.change({ heldSecret: true });
    this.#emit({ type: "vm_started", durationMs: Date.now() - started });
    return this.#hold(launched);
  }

  /** Undefined if there is no prepared machine, or if it did not become this VM's: then it is ended. */
  async #takePrepared(): Promise<Launched | undefined> {
    const prepared = this.#prepared;
    this.#prepared = undefined;
    if (prepared === undefined) return undefined;
    try {
      return await makeOwn(this.#file, prepared);
    } catch (error) {
      if (!isMicroVMError(error)) throw error;
      await this.#lose(error.message);
      return undefined;
    }
  }

  async #resume(): Promise<Session | undefined> {
    if (this.#file.content.saved === undefined) return undefined;
    const started = Date.now();
    try {
      const launched = await resume(this.#around, this.#file);
      this.#emit({ type: "vm_resumed", durationMs: Date.now() - started });
      return this.#hold(launched);
    } catch (error) {
      // Before anything was used, the memory still counts.
      if (this.#file.content.saved !== undefined && !isMicroVMError(error, "start_failed")) throw error;
      await this.#lose(wordsOf(error));
      return undefined;
    }
  }

  #hold({ machine, connection, epoch }: Launched): Session {
    this.#machine = machine;
    this.#use.wake();
    return this.#link.hold({ connection, epoch, life: this.#lives }, machine, this.#doors({ connection, epoch }));
  }

  #doors({ connection, epoch }: Pick<Session, "connection" | "epoch">): AsyncDisposable | undefined {
    const { id, labels, egress, limits } = this.#file.content;
    const bytesPerSecond = limits?.egressBytesPerSecond ?? egress?.bytesPerSecond;
    const policy = egress && { ...egress, bytesPerSecond };
    return policy && this.#around.gateway?.attach({ id, epoch, labels, connection, policy });
  }

  async #reconnect(machine: Machine): Promise<Session | undefined> {
    const { epoch } = this.#file.content;
    const connection = await reach(machine, epoch);
    return connection === undefined ? undefined : this.#hold({ machine, connection, epoch });
  }

  async #lose(reason: string): Promise<void> {
    this.#emit({ type: "vm_lost", reason });
    await this.end();
  }

  #emit(event: VmStep): void {
    this.#around.emit({ ...event, id: this.#file.content.id });
  }
}

function assertNotExpired({ content }: ManifestFile): void {
  const at = expiryOf(content);
  if (at === undefined || Date.now() < at) return;
  const text = `The VM ${content.id} has lived as long as it may and starts no more; export its disk, or destroy it.`;
  throw new MicroVMError("expired", text);
}
