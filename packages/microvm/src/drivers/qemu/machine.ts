import { readFile, stat, truncate } from "node:fs/promises";
import { hasCode } from "../../home.js";
import type { Machine, MachineRecord, MachineStats } from "../driver.js";
import { isAlive, killProcess, type ProcessIdentity, processStats } from "../host/process.js";
import { Qmp } from "./qmp.js";

const maxLogBytes = 1_048_576;
const diagnosisBytes = 2_000;
const consoleMs = 1_000;
const consoleBytes = 65_536;

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
      await using qmp = await Qmp.open(this.record.control, consoleMs);
      return String(await qmp.execute("ringbuf-read", { device: "console", size: consoleBytes }));
    } catch {
      // A diagnosis is an extra: the failure it belongs to is reported either way.
      return "";
    }
  }
}
