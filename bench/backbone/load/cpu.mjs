// CPU time of the processes of one home, by /proc: what a process and its threads have used, in milliseconds. A process is the home's if
// its command line names the home, or the machine that a VM of the home runs in.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The kernel counts in hundredths of a second, whatever its own tick is. */
const TICK_MS = 10;

/** Watches the processes of a home; those that end keep what they had when they were last seen. */
export class CpuWatch {
  #home;
  #seen = new Map();
  #tokens = new Set();
  #timer;

  constructor(home) {
    this.#home = home;
    this.#timer = setInterval(() => this.#look(), 1_000);
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
    for (const id of namesIn(join(this.#home, "vms"))) {
      const token = /"token":\s*"([^"]+)"/.exec(read(join(this.#home, "vms", id, "manifest.json")))?.[1];
      if (token !== undefined) this.#tokens.add(token);
    }
    for (const name of readdirSync("/proc")) {
      if (!/^\d+$/.test(name)) continue;
      const fields = read(`/proc/${name}/stat`).split(") ").at(-1).split(" ");
      if (fields.length < 20) continue;
      // A process id may come again; with the time of its start it does not.
      const key = `${name} ${fields[19]}`;
      const line = read(`/proc/${name}/cmdline`);
      if (!line.includes(this.#home) && ![...this.#tokens].some((token) => line.includes(token))) continue;
      this.#seen.set(key, { kind: kindOf(line), ms: (Number(fields[11]) + Number(fields[12])) * TICK_MS });
    }
  }
}

function kindOf(line) {
  if (line.includes("server/dist/main.js")) return "worker";
  if (line.includes("nats-server")) return "nats-server";
  return line.includes("qemu-system") ? "qemu" : "other";
}

function read(path) {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function namesIn(folder) {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
