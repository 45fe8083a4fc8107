import { execFile } from "node:child_process";
import { randomInt, randomUUID } from "node:crypto";
import { join } from "node:path";
import { promisify } from "node:util";
import { checkSocketPath } from "../../client/dial.js";
import { isMicroVMError, MicroVMError } from "../../errors.js";
import type { Driver, Machine, MachineRecord, MachineSpec, SavedMachine } from "../driver.js";
import { requireCapacity, requireSpace } from "../host/capacity.js";
import { type CgroupHost, cgroupFolders, controllers } from "../host/cgroup.js";
import { isAlive } from "../host/process.js";
import { removeMachine } from "../record.js";
import { FirecrackerApi } from "./client.js";
import { jailed, largestFile, prepareJail, takeOut } from "./jail.js";
import { type Binaries, jailerArguments, startJailed } from "./jailer.js";
import { FirecrackerMachine } from "./machine.js";
import { agentPort, configure, diskRate } from "./shape.js";

const readyMs = 10_000;
const loadMs = 30_000;
/** Saving writes all of the memory; a slow disk takes this long for each MiB of it. */
const saveMsPerMiB = 50;
const digMs = 60_000;
/** Users that nobody has: from here on, this many. The 65,536 below are those of image builds (`images/namespace.ts`). */
const firstUid = 0x7001_0000;
const uidCount = 0x0fff_0000;

/** Runs microVMs with Firecracker on KVM, each in a jail of its own made by Firecracker's jailer. */
export class FirecrackerDriver implements Driver {
  readonly name = "firecracker";
  readonly isolation = "hardware";
  readonly weaknesses: readonly string[];
  readonly fingerprint: string;
  readonly #binaries: Binaries;
  readonly #cgroups: CgroupHost;
  readonly #run: string;

  /** `run` is the folder that the jails are made in. `host` is what a saved machine depends on: the processor and the kernel. */
  constructor(o: { binaries: Binaries; version: string; host: string; cgroups: CgroupHost; run: string }) {
    this.#binaries = o.binaries;
    this.#cgroups = o.cgroups;
    this.#run = o.run;
    this.fingerprint = JSON.stringify(["firecracker", o.version, o.host]);
    this.weaknesses = controllers
      .filter((name) => o.cgroups.roots[name] === undefined)
      .map((name) => `This host has no control group for ${name}: VMs are not bounded in it; mount cgroup v2.`);
  }

  create(o: { log: string }): MachineRecord & { uid: number } {
    const token = randomUUID();
    const jail = join(this.#run, token.slice(0, 8));
    const root = join(jail, "root");
    return {
      driver: this.name,
      token,
      rpc: { path: join(root, jailed.vsock), vsockPort: agentPort },
      control: join(root, jailed.api),
      log: o.log,
      jail,
      uid: firstUid + randomInt(uidCount),
      cgroups: cgroupFolders(this.#cgroups, token),
    };
  }

  async start(spec: MachineSpec, record: MachineRecord): Promise<Machine> {
    const machine = await this.#launch(spec, record);
    return await this.#orEnd(machine, "Firecracker did not start the VM", async (api) => {
      await configure(api, spec);
      await api.call("createSyncAction", { action_type: "InstanceStart" });
    });
  }

  async restore(spec: MachineSpec, record: MachineRecord, saved: SavedMachine): Promise<Machine> {
    const machine = await this.#launch(spec, record, saved);
    return await this.#orEnd(machine, "Firecracker did not load the saved VM", async (api) => {
      const memory = { backend_type: "File", backend_path: jailed.memory } as const;
      const load = { snapshot_path: jailed.state, mem_backend: memory, resume_vm: false };
      await api.call("loadSnapshot", load, { deadlineMs: loadMs });
      await api.call("patchGuestDriveByID", diskRate(spec.limits));
      await api.call("patchVm", { state: "Resumed" });
    });
  }

  async snapshot(machine: Machine, spec: MachineSpec, saved: SavedMachine): Promise<void> {
    const { record } = machine;
    await requireSpace(record.jail, spec.memoryMiB);
    const api = new FirecrackerApi(record.control);
    try {
      await api.call("patchVm", { state: "Paused" });
      const files = { snapshot_path: jailed.savedState, mem_file_path: jailed.savedMemory };
      const deadlineMs = loadMs + spec.memoryMiB * saveMsPerMiB;
      await api.call("createSnapshot", { snapshot_type: "Full", ...files }, { deadlineMs });
      await machine.stop();
      await takeOut(record, jailed.savedMemory, saved.memory);
      await takeOut(record, jailed.savedState, saved.state);
      await digHoles(saved.memory);
    } catch (cause) {
      // It may be paused, and is not to go on without what the guest does not know it missed.
      await machine.stop();
      const text = `The VM could not be saved; start it again from its disk. ${await lastWords(machine, cause)}`;
      throw new MicroVMError("snapshot_failed", text, { cause });
    }
  }

  adopt(record: MachineRecord): Machine | undefined {
    if (record.process === undefined || !isAlive(record.process)) return undefined;
    return new FirecrackerMachine({ ...record, process: record.process });
  }

  destroy(record: MachineRecord): Promise<void> {
    return removeMachine(record);
  }

  async #launch(spec: MachineSpec, record: MachineRecord, saved?: SavedMachine): Promise<FirecrackerMachine> {
    requireCapacity(spec);
    checkSocketPath(record.rpc.path);
    checkSocketPath(record.control);
    const jail = { ...record, uid: requireUid(record) };
    await prepareJail({ spec, record: jail, program: this.#binaries.firecracker, saved });
    const [binaries, cgroups] = [this.#binaries, this.#cgroups];
    const args = jailerArguments({ binaries, cgroups, spec, record: jail, largestFile: await largestFile(spec) });
    const process = await startJailed({ binaries, args, record });
    return new FirecrackerMachine({ ...record, process });
  }

  /** Does what makes a started Firecracker a running VM; one that fails at it is ended. */
  async #orEnd(
    machine: FirecrackerMachine,
    what: string,
    work: (api: FirecrackerApi) => Promise<void>,
  ): Promise<Machine> {
    try {
      const api = new FirecrackerApi(machine.record.control);
      await api.ready({ deadlineMs: readyMs, isDoomed: () => !machine.isAlive() });
      await work(api);
      return machine;
    } catch (cause) {
      await machine.stop();
      const text = `${what}; run \`vibewriter vm check-host\`. ${await lastWords(machine, cause)}`;
      throw new MicroVMError("start_failed", text, { cause });
    }
  }
}

function requireUid({ uid }: MachineRecord): number {
  if (uid !== undefined) return uid;
  throw new MicroVMError("internal", "The record of the VM names no user for Firecracker; create the VM again.");
}

async function lastWords(machine: Machine, cause: unknown): Promise<string> {
  const reason = isMicroVMError(cause) ? `${cause.message} ` : "";
  return `${reason}Its last words: ${(await machine.diagnose()) || "none"}`;
}

/** Memory that the guest never used takes no blocks: Firecracker writes it out as zeros. */
async function digHoles(path: string): Promise<void> {
  await promisify(execFile)("fallocate", ["--dig-holes", path], { timeout: digMs });
}
