import { randomUUID } from "node:crypto";
import { access, rename } from "node:fs/promises";
import { join } from "node:path";
import { isMicroVMError, MicroVMError } from "../../errors.js";
import type { Driver, Isolation, Machine, MachineRecord, MachineSpec, SavedMachine } from "../driver.js";
import { isAlive } from "../host/process.js";
import { removeMachine } from "../record.js";
import type { Accelerator, GuestMemory } from "./command.js";
import { QemuMachine } from "./machine.js";
import { leaveOutShared, migrationEnd, sendToFile } from "./migration.js";
import { type Beginning, startQemu, stateDescriptor } from "./process.js";
import { Qmp } from "./qmp.js";
import { saveThroughTransit } from "./transit.js";

const monitorMs = 10_000;

/** Runs microVMs with QEMU's `microvm` machine, on KVM or by emulation. */
export class QemuDriver implements Driver {
  readonly name = "qemu";
  readonly isolation: Isolation;
  readonly weaknesses: readonly string[] = [];
  readonly fingerprint: string;
  readonly #binary: string;
  readonly #accelerator: Accelerator;
  readonly #run: string;

  /** `run` is the folder that the jails of machines are made in. */
  constructor(o: { binary: string; version: string; accelerator: Accelerator; cpuModel: string; run: string }) {
    this.#binary = o.binary;
    this.#accelerator = o.accelerator;
    this.#run = o.run;
    this.isolation = o.accelerator === "kvm" ? "hardware" : "emulated";
    this.fingerprint = JSON.stringify(["qemu", o.version, o.accelerator, o.cpuModel]);
  }

  create(o: { log: string }): MachineRecord {
    const token = randomUUID();
    const jail = join(this.#run, token.slice(0, 8));
    const [rpc, control] = [join(jail, "rpc"), join(jail, "mon")];
    return { driver: this.name, token, rpc: { path: rpc }, control, log: o.log, jail, cgroups: [] };
  }

  start(spec: MachineSpec, record: MachineRecord): Promise<Machine> {
    return this.#start(spec, record, { path: ownMemory(record), shared: true }, { boots: true });
  }

  async restore(spec: MachineSpec, record: MachineRecord, saved: SavedMachine): Promise<Machine> {
    const memory = { path: saved.memory, shared: false };
    const machine = await this.#start(spec, record, memory, { boots: false, state: saved.state });
    try {
      await using qmp = await Qmp.open(record.control, monitorMs, () => !machine.isAlive());
      await leaveOutShared(qmp, true);
      await qmp.execute("migrate-incoming", { uri: `fd:${stateDescriptor}` });
      await migrationEnd(qmp);
      // A machine that was saved running runs already; one that was saved through transit was paused.
      await qmp.execute("cont");
      return machine;
    } catch (cause) {
      await machine.stop();
      const text = `QEMU did not load the saved VM; run \`vibewriter doctor\`. Its last words: ${await machine.diagnose()}`;
      throw new MicroVMError("start_failed", text, { cause });
    }
  }

  async snapshot(machine: Machine, spec: MachineSpec, saved: SavedMachine): Promise<void> {
    const qemu = new QemuMachine(machine.record);
    try {
      if (await exists(ownMemory(machine.record))) await saveShared(qemu, saved);
      else await saveThroughTransit(qemu, spec, saved, (...to) => this.#start(...to, { boots: false }));
    } catch (cause) {
      if (isMicroVMError(cause, "no_space", "invalid_path")) throw cause;
      const text = `The VM could not be saved; start it again from its disk. Its last words: ${await machine.diagnose()}`;
      throw new MicroVMError("snapshot_failed", text, { cause });
    }
    await qemu.stop();
  }

  adopt(record: MachineRecord): Machine | undefined {
    if (record.process === undefined || !isAlive(record.process)) return undefined;
    return new QemuMachine({ ...record, process: record.process });
  }

  destroy(record: MachineRecord): Promise<void> {
    return removeMachine(record);
  }

  #start(spec: MachineSpec, record: MachineRecord, memory: GuestMemory, beginning: Beginning): Promise<QemuMachine> {
    return startQemu({ binary: this.#binary, accelerator: this.#accelerator, spec, record, memory, beginning });
  }
}

/** Where the memory of a machine that boots from its kernel is. */
function ownMemory(record: MachineRecord): string {
  return join(record.jail, "memory");
}

/** Saves a machine whose memory is a file already: only the rest is written. */
async function saveShared({ record }: QemuMachine, saved: SavedMachine): Promise<void> {
  await using qmp = await Qmp.open(record.control, monitorMs);
  await leaveOutShared(qmp, true);
  await sendToFile(qmp, `${record.control}.out`, saved.state);
  await rename(ownMemory(record), saved.memory);
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
