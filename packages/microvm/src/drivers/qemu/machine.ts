import { open, stat, truncate } from "node:fs/promises";
import { z } from "zod";
import { hasCode } from "../../home.js";
import type { Machine, MachineRecord, MachineStats } from "../driver.js";
import { cgroupMembers } from "../host/cgroup.js";
import { cgroupStats } from "../host/limits.js";
import { isAlive, killProcess, type ProcessIdentity, processStats } from "../host/process.js";
import { Qmp } from "./qmp.js";

const maxLogBytes = 1_048_576;
const diagnosisBytes = 2_000;
const monitorMs = 1_000;
const consoleBytes = 65_536;
const count = z.number().int().nonnegative();
const blockStats = z.array(
  z.object({ "node-name": z.string(), stats: z.object({ rd_bytes: count, wr_bytes: count }) }),
);
/** The nodes that can be a machine's own disk: as it is, or with a limit in front of it. */
const diskNodes = ["disk", "slow"];

/** A QEMU that runs a guest. */
export class QemuMachine implements Machine {
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
    const { process, cgroups } = this.record;
    const own = processStats(process);
    // The sandbox keeps a small process of its own beside QEMU.
    const others = cgroupMembers(cgroups).filter(({ pid }) => pid !== process.pid);
    const memoryBytes = others.reduce((sum, other) => sum + memoryOf(other), own.memoryBytes);
    const together = cgroupStats(cgroups);
    return {
      cpuMs: Math.round(together.cpuMs ?? own.cpuMs),
      memoryBytes,
      processes: together.processes ?? own.processes,
      disk: await this.#diskStats(),
    };
  }

  async diagnose(): Promise<string> {
    const lines = `${await this.#console()}\n${await tail(this.record.log)}`.trim();
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

  async #diskStats(): Promise<MachineStats["disk"]> {
    try {
      await using qmp = await Qmp.open(this.record.control, monitorMs, () => !this.isAlive());
      const nodes = blockStats.parse(await qmp.execute("query-blockstats"));
      const disk = nodes.findLast((node) => diskNodes.includes(node["node-name"]));
      return disk && { readBytes: disk.stats.rd_bytes, writtenBytes: disk.stats.wr_bytes };
    } catch {
      // The monitor is busy with a snapshot or does not answer: the other figures count more than none.
      return undefined;
    }
  }

  async #console(): Promise<string> {
    if (!this.isAlive()) return "";
    try {
      await using qmp = await Qmp.open(this.record.control, monitorMs);
      return String(await qmp.execute("ringbuf-read", { device: "console", size: consoleBytes }));
    } catch {
      // A diagnosis is an extra: the failure it belongs to is reported either way.
      return "";
    }
  }
}

/** The end of a file, whatever its size; empty if there is none. */
export async function tail(path: string): Promise<string> {
  try {
    await using file = await open(path, "r");
    const { size } = await file.stat();
    const length = Math.min(size, diagnosisBytes);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, size - length);
    return buffer.toString("utf8", 0, bytesRead);
  } catch (error) {
    if (hasCode(error, "ENOENT")) return "";
    throw error;
  }
}

function memoryOf(identity: ProcessIdentity): number {
  try {
    return processStats(identity).memoryBytes;
  } catch {
    // It ended meanwhile, and has none.
    return 0;
  }
}
