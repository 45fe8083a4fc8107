// CPU time of the processes of one home, by /proc: what a process and its threads have used, in milliseconds. A process is the home's if
// it was started with it: on its command line, or in the environment that it inherited from the server.
import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** The kernel counts in hundredths of a second, whatever its own tick is. */
const TICK_MS = 10;

/** Watches the processes of a home; those that end keep what they had when they were last seen. */
export class CpuWatch {
  #home;
  #seen = new Map();
  #strangers = new Set();
  #timer;

  constructor(home) {
    this.#home = home;
    this.#timer = setInterval(() => this.#look(), 250);
  }

  /** Milliseconds so far of the processes of each kind: `worker`, `nats-server`, `qemu`, `other`. */
  now() {
    this.#look();
    const sums = { worker: 0, "nats-server": 0, qemu: 0, other: 0 };
    for (const { kind, ms } of this.#seen.values()) sums[kind] += ms;
    return sums;
  }

  end() {
    clearInterval(this.#timer);
  }

  #look() {
    for (const name of readdirSync("/proc")) {
      if (!/^\d+$/.test(name)) continue;
      const fields = read(`/proc/${name}/stat`).split(") ").at(-1).split(" ");
      if (fields.length < 20) continue;
      // A process id may come again; with the time of its start it does not.
      const key = `${name} ${fields[19]}`;
      if (this.#strangers.has(key)) continue;
      const line = read(`/proc/${name}/cmdline`);
      const isOurs = this.#seen.has(key) || `${line} ${read(`/proc/${name}/environ`)}`.includes(this.#home);
      const ms = (Number(fields[11]) + Number(fields[12])) * TICK_MS;
      if (isOurs) this.#seen.set(key, { kind: kindOf(name, line), ms });
      else if (ms > 0) this.#strangers.add(key);
    }
  }
}

function kindOf(pid, line) {
  if (line.includes("server/dist/main.js")) return "worker";
  const program = linkOf(`/proc/${pid}/exe`);
  if (program.includes("nats-server")) return "nats-server";
  return program.includes("qemu") ? "qemu" : "other";
}

function read(path) {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function linkOf(path) {
  try {
    return readlinkSync(path);
  } catch {
    return "";
  }
}
