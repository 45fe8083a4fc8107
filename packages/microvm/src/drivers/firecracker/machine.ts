import { constants } from "node:fs";
import { open, readFile } from "node:fs/promises";
import { join } from "node:path";
import { hasCode } from "../../home.js";
import type { Machine, MachineRecord, MachineStats } from "../driver.js";
import { isAlive, killProcess, type ProcessIdentity, processStats } from "../host/process.js";
import { jailed, rootOf } from "./jail.js";

/** What is kept of a VM's log. */
export const maxLogBytes = 1_048_576;
const diagnosisBytes = 2_000;
const blockBytes = 512;

/** A Firecracker in its jail. */
export class FirecrackerMachine implements Machine {
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

  /** The guest has no console: what there is are Firecracker's own warnings. */
  async diagnose(): Promise<string> {
    const jailer = await readFile(this.record.log, "utf8").catch(() => "");
    const lines = `${jailer}\n${await this.#logTail()}`.trim();
    // A guest has a say in what is logged, and this goes to a terminal: only plain characters may reach it.
    return lines.replaceAll(/[^\x20-\x7e\n]/g, " ").slice(-diagnosisBytes);
  }

  async trimLog(): Promise<void> {
    const file = await this.#openLog(constants.O_RDWR);
    if (file === undefined) return;
    try {
      // Firecracker goes on writing where it was: after the first time the file is as long as before, and holds nothing there.
      const { blocks } = await file.stat();
      if (blocks * blockBytes > maxLogBytes) await file.truncate();
    } finally {
      await file.close();
    }
  }

  async #logTail(): Promise<string> {
    const file = await this.#openLog(constants.O_RDONLY);
    if (file === undefined) return "";
    try {
      const { size } = await file.stat();
      const tail = Buffer.alloc(Math.min(size, diagnosisBytes));
      const { bytesRead } = await file.read(tail, 0, tail.length, size - tail.length);
      return tail.toString("latin1", 0, bytesRead).replaceAll("\0", "");
    } finally {
      await file.close();
    }
  }

  /** In its jail the process may have put anything in the place of its log: it is not followed, and not waited for. */
  async #openLog(flags: number) {
    try {
      const path = join(rootOf(this.record), jailed.log);
      const file = await open(path, flags | constants.O_NOFOLLOW | constants.O_NONBLOCK);
      if ((await file.stat()).isFile()) return file;
      await file.close();
      return undefined;
    } catch (error) {
      if (hasCode(error, "ENOENT") || hasCode(error, "ELOOP") || hasCode(error, "ENXIO")) return undefined;
      throw error;
    }
  }
}
