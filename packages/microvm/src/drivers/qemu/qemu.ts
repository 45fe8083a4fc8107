import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdir, open, readFile, rename, rm, stat, truncate } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { setTimeout as delay } from "node:timers/promises";
import { z } from "zod";
import { checkSocketPath } from "../../client/dial.js";
import { MicroVMError } from "../../errors.js";
import { hasCode } from "../../home.js";
import type { Driver, Isolation, Machine, MachineRecord, MachineSpec, MachineStats, SavedMachine } from "../driver.js";
import { identify, isAlive, killProcess, type ProcessIdentity, processStats } from "../host/process.js";
import { removeMachine } from "../record.js";
import { type Accelerator, type GuestMemory, qemuArguments } from "./command.js";
import { Qmp } from "./qmp.js";

const monitorMs = 10_000;
const migrationMs = 60_000;
const maxLogBytes = 1_048_576;
const diagnosisBytes = 2_000;
/** The child's descriptor of the saved state, after stdin, stdout and stderr. */
const stateDescriptor = 3;
/** The memory file is not part of the saved state: it is shared, or mapped copy on write. */
const ignoreShared = [{ capability: "x-ignore-shared", state: true }];
const migrationStatus = z.object({ status: z.string() });

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
    return this.#spawn(spec, record, { path: ownMemory(record), shared: true });
  }

  async restore(spec: MachineSpec, record: MachineRecord, saved: SavedMachine): Promise<Machine> {
    const machine = await this.#spawn(spec, record, { path: saved.memory, shared: false }, saved.state);
    try {
      await using qmp = await Qmp.open(record.control, monitorMs, () => !machine.isAlive());
      await qmp.execute("migrate-set-capabilities", { capabilities: ignoreShared });
      // The guest runs as soon as its state is loaded.
      await qmp.execute("migrate-incoming", { uri: `fd:${stateDescriptor}` });
      return machine;
    } catch (cause) {
      await machine.stop();
      const text = `QEMU did not load the saved VM; run \`vibewriter doctor\`. Its last words: ${await machine.diagnose()}`;
      throw new MicroVMError("start_failed", text, { cause });
    }
  }

  async snapshot(machine: Machine, _spec: MachineSpec, saved: SavedMachine): Promise<void> {
    const { control } = machine.record;
    const socketPath = `${control}.out`;
    checkSocketPath(socketPath);
    await using qmp = await Qmp.open(control, monitorMs);
    await qmp.execute("migrate-set-capabilities", { capabilities: ignoreShared });
    const received = receiveFile(socketPath, saved.state);
    await received.listening;
    try {
      await qmp.execute("migrate", { uri: `unix:${socketPath}` });
      await migrationEnd(qmp);
      await received.done;
    } finally {
      received.close();
      await rm(socketPath, { force: true });
    }
    await rename(ownMemory(machine.record), saved.memory);
  }

  adopt(record: MachineRecord): Machine | undefined {
    if (record.process === undefined || !isAlive(record.process)) return undefined;
    return new QemuMachine({ ...record, process: record.process });
  }

  destroy(record: MachineRecord): Promise<void> {
    return removeMachine(record);
  }

  async #spawn(spec: MachineSpec, record: MachineRecord, memory: GuestMemory, state?: string): Promise<Machine> {
    checkSocketPath(record.rpc.path);
    checkSocketPath(record.control);
    await mkdir(record.jail, { recursive: true, mode: 0o700 });
    const args = qemuArguments(spec, record, { accelerator: this.#accelerator, memory });
    const log = await open(record.log, "a", 0o600);
    const stateFile = state === undefined ? undefined : await open(state, "r");
    try {
      // A session of its own: the VM outlives its owner and its terminal, and is adopted by the next owner.
      const child = spawn(this.#binary, stateFile === undefined ? args : [...args, "-incoming", "defer"], {
        detached: true,
        cwd: "/",
        env: {},
        stdio: ["ignore", log.fd, log.fd, ...(stateFile === undefined ? [] : [stateFile.fd])],
      });
      const identity = await started(child);
      child.unref();
      return new QemuMachine({ ...record, process: identity });
    } finally {
      await log.close();
      await stateFile?.close();
    }
  }
}

/** Where the memory of a machine that boots from its kernel is. */
function ownMemory(record: MachineRecord): string {
  return join(record.jail, "memory");
}

class QemuMachine implements Machine {
  readonly record: MachineRecord & { process: ProcessIdentity };

  constructor(record: MachineRecord & { process: ProcessIdentity }) {
    this.record = record;
  }

  isAlive(): boolean {
    return isAlive(this.record.process);
  }

  stop(): Promise<void> {
    return killProcess(this.record.process);
  }

  async stats(): Promise<MachineStats> {
    return processStats(this.record.process);
  }

  async diagnose(): Promise<string> {
    const log = await readFile(this.record.log, "utf8").catch(() => "");
    const lines = `${await this.#console()}\n${log}`.trim();
    // What a guest prints goes to a terminal: only plain characters may reach it.
    return lines.replaceAll(/[^\x20-\x7e\n]/g, " ").slice(-diagnosisBytes);
  }

  async trimLog(): Promise<void> {
    try {
      const { size } = await stat(this.record.log);
      if (size > maxLogBytes) await truncate(this.record.log);
    } catch (error) {
      if (!hasCode(error, "ENOENT")) throw error;
    }
  }

  async #console(): Promise<string> {
    if (!this.isAlive()) return "";
    try {
      await using qmp = await Qmp.open(this.record.control, 1_000);
      return String(await qmp.execute("ringbuf-read", { device: "console", size: 65_536 }));
    } catch {
      // A diagnosis is an extra: the failure it belongs to is reported either way.
      return "";
    }
  }
}

function started(child: ChildProcess): Promise<ProcessIdentity> {
  return new Promise((resolve, reject) => {
    child.once("error", (cause) =>
      reject(new MicroVMError("requirement_missing", "QEMU could not be started; run `vibewriter doctor`.", { cause })),
    );
    child.once("spawn", () => {
      const identity = child.pid === undefined ? undefined : identify(child.pid);
      if (identity !== undefined) resolve(identity);
      else reject(new MicroVMError("start_failed", "QEMU ended at once; run `vibewriter doctor`."));
    });
  });
}

async function migrationEnd(qmp: Qmp): Promise<void> {
  const deadline = Date.now() + migrationMs;
  for (;;) {
    const { status } = migrationStatus.parse(await qmp.execute("query-migrate"));
    if (status === "completed") return;
    if (status === "failed" || status === "cancelled" || Date.now() > deadline) {
      throw new MicroVMError("snapshot_failed", `QEMU could not save the VM (${status}); try again.`);
    }
    await delay(5);
  }
}

/** A unix socket that writes the one stream it is sent into a file. */
function receiveFile(socketPath: string, path: string) {
  const server = createServer();
  const done = new Promise<void>((resolve, reject) => {
    server.once("connection", async (socket) => {
      try {
        const file = await open(path, "w", 0o600);
        await pipeline(socket, file.createWriteStream());
        resolve();
      } catch (error) {
        reject(error);
      }
    });
  });
  // Awaited only once the migration has ended; a failure before that is reported by QEMU.
  done.catch(() => undefined);
  const listening = new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(socketPath, resolve);
  });
  return { done, listening, close: () => server.close() };
}
