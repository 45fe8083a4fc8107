import { randomUUID } from "node:crypto";
import { access, rename } from "node:fs/promises";
import { join } from "node:path";
import { isMicroVMError, MicroVMError } from "../../errors.js";
import type { Driver, Isolation, Machine, MachineRecord, MachineSpec, SavedMachine } from "../driver.js";
import { cgroupMembers } from "../host/cgroup.js";
import { isAlive } from "../host/process.js";
import { removeMachine } from "../record.js";
import { abilitiesOf } from "./abilities.js";
import type { Accelerator, GuestMemory } from "./command.js";
import { type Confinement, confined } from "./confinement.js";
import { closeJail, socketFolder, takeBack } from "./files.js";
import { QemuMachine } from "./machine.js";
import { leaveOutShared, migrationEnd, sendToFile } from "./migration.js";
import { type QemuOptions, startQemu } from "./process.js";
import { Qmp } from "./qmp.js";
import { saveThroughTransit } from "./transit.js";

const monitorMs = 10_000;
/** Raised when the arguments change so that a saved machine would no longer load. */
const generation = 1;
const unprotected =
  "This QEMU maps the memory that VMs start from only if it may write to it, so one that was taken over could change it for others; a template that was changed is built anew before the next start: install QEMU 8.2 or later.";

/** Runs microVMs with QEMU's `microvm` machine, on KVM or by emulation. */
export class QemuDriver implements Driver {
  readonly name = "qemu";
  readonly isolation: Isolation;
  readonly weaknesses: readonly string[];
  readonly fingerprint: string;
  readonly #options: QemuOptions;
  readonly #run: string;

  /** `run` is the folder that the jails of machines are made in. */
  constructor(o: {
    binary: string;
    version: string;
    accelerator: Accelerator;
    confinement: Confinement;
    cpuModel: string;
    run: string;
  }) {
    const abilities = abilitiesOf(o.version);
    this.#options = { ...o, abilities };
    this.#run = o.run;
    this.isolation = o.accelerator === "kvm" ? "hardware" : "emulated";
    this.weaknesses = [...o.confinement.weaknesses, ...(abilities.protectsMemory ? [] : [unprotected])];
    this.fingerprint = JSON.stringify(["qemu", generation, o.version, o.accelerator, o.cpuModel]);
  }

  create(o: { log: string }): MachineRecord {
    const token = randomUUID();
    const jail = join(this.#run, token.slice(0, 8));
    const { uid, cgroups } = confined(this.#options.confinement, token);
    const sockets = socketFolder({ jail });
    const [rpc, control] = [{ path: join(sockets, "rpc") }, join(sockets, "mon")];
    return { driver: this.name, token, rpc, control, log: o.log, jail, uid, cgroups };
  }

  async start(spec: MachineSpec, record: MachineRecord): Promise<Machine> {
    const memory: GuestMemory = { kind: "own", path: ownMemory(record) };
    const { machine } = await startQemu(this.#options, { spec, record, memory, beginning: { kind: "boot" } });
    await this.#begin(machine, async () => undefined);
    return machine;
  }

  async restore(spec: MachineSpec, record: MachineRecord, saved: SavedMachine): Promise<Machine> {
    const kind = this.#options.abilities.protectsMemory ? "protected" : "copied";
    const memory: GuestMemory = { kind, path: saved.memory };
    const beginning = { kind: "load", state: saved.state } as const;
    const { machine, stateUri } = await startQemu(this.#options, { spec, record, memory, beginning });
    await this.#begin(machine, async (qmp) => {
      await leaveOutShared(qmp, true);
      await qmp.execute("migrate-incoming", { uri: stateUri });
      await migrationEnd(qmp);
    });
    return machine;
  }

  async snapshot(machine: Machine, spec: MachineSpec, saved: SavedMachine): Promise<void> {
    const qemu = new QemuMachine(machine.record);
    try {
      if (await exists(ownMemory(machine.record))) await this.#saveShared(qemu, saved);
      else await saveThroughTransit(this.#options, qemu, spec, saved);
    } catch (cause) {
      if (isMicroVMError(cause, "no_space")) throw cause;
      const text = `The VM could not be saved; start it again from its disk. Its last words: ${await machine.diagnose()}`;
      throw new MicroVMError("snapshot_failed", text, { cause });
    }
    await qemu.stop();
  }

  adopt(record: MachineRecord): Machine | undefined {
    if (record.process === undefined || !isAlive(record.process)) return undefined;
    const { pid } = record.process;
    const isInAll = record.cgroups.every((folder) => cgroupMembers([folder]).some((member) => member.pid === pid));
    return isInAll ? new QemuMachine({ ...record, process: record.process }) : undefined;
  }

  destroy(record: MachineRecord): Promise<void> {
    return removeMachine(record);
  }

  /** Closes the jail of a machine that runs nothing yet, loads what there is to load, and lets it run. */
  async #begin(machine: QemuMachine, load: (qmp: Qmp) => Promise<void>): Promise<void> {
    try {
      await using qmp = await Qmp.open(machine.record.control, monitorMs, () => !machine.isAlive());
      await closeJail(machine.record);
      await load(qmp);
      // A machine that was saved running runs already; one that was saved through transit was paused.
      await qmp.execute("cont");
    } catch (cause) {
      await machine.stop();
      const text = `QEMU did not start the VM; run \`vibewriter doctor\`. Its last words: ${await machine.diagnose()}`;
      throw new MicroVMError("start_failed", text, { cause });
    }
  }

  /** Saves a machine whose memory is a file already: only the rest is written. */
  async #saveShared({ record }: QemuMachine, saved: SavedMachine): Promise<void> {
    await using qmp = await Qmp.open(record.control, monitorMs);
    await leaveOutShared(qmp, true);
    await sendToFile(qmp, this.#options.confinement, record, saved.state);
    const memory = ownMemory(record);
    await takeBack(record, memory);
    await rename(memory, saved.memory);
  }
}

/** Where the memory of a machine that boots from its kernel is. */
function ownMemory(record: MachineRecord): string {
  return join(record.jail, "memory");
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
