import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { ensureServer } from "@vibewriter/server";
import { z } from "zod";
import { cli } from "./cli.js";
import { findProcess, processesOf, type TestHome, testHome } from "./home.js";
import { RunWatch } from "./run-watch.js";

/** What can die. The VM is any that runs then, of either home, reader or work. */
export const VICTIMS = ["server", "VM", "worker", "nats-server"] as const;
export type Victim = (typeof VICTIMS)[number];

const access = z.object({ port: z.number(), user: z.string(), password: z.string() });
const minutes = (n: number): number => n * 60_000;

/** One home where people ask, with its nats-server, and one on the same NATS that only works, as another machine would. */
export class KillWorld implements AsyncDisposable {
  readonly home: TestHome;
  readonly #other: TestHome;
  readonly #url: string;
  readonly #stop = new AbortController();

  private constructor(home: TestHome, other: TestHome, url: string) {
    this.home = home;
    this.#other = other;
    this.#url = url;
  }

  static async open(): Promise<KillWorld> {
    const [home, other] = await Promise.all([testHome(), testHome()]);
    await ensureServer(home.path, { timeoutMs: minutes(5) });
    const text = await readFile(join(home.path, "nats", "nats.access.json"), "utf8");
    const { port, user, password } = access.parse(JSON.parse(text));
    const world = new KillWorld(home, other, `nats://${user}:${encodeURIComponent(password)}@127.0.0.1:${port}`);
    await world.recover("worker");
    return world;
  }

  get reports(): string {
    return join(this.home.path, "reports");
  }

  /** Starts a run, and watches it over everything that dies. */
  async run(request: string, agentId: string, sources: string): Promise<RunWatch> {
    const server = await ensureServer(this.home.path);
    // Each agent has an author of its own, so that one cites the other.
    const asked = { request, agentId, author: agentId, sources: [sources], yes: true, out: this.reports };
    const { runId } = await server.startRun(asked, {});
    return new RunWatch(this.home, runId, this.#stop.signal);
  }

  /** Kills one process the hard way; false if there is none of its kind now, as of VMs that are just being started. */
  async kill(victim: Victim, choice: number): Promise<boolean> {
    const pid = await this.#processOf(victim, choice);
    if (pid === undefined) return false;
    process.kill(pid, "SIGKILL");
    return true;
  }

  /** What whoever runs the machines does: somebody's command finds the server gone, and a worker that has died is started again. */
  async recover(victim: Victim): Promise<void> {
    if (victim === "server") {
      const { code, stderr } = await cli(this.home.path, ["runs", "--json"], { timeoutMs: minutes(2) });
      if (code !== 0) throw new Error(`The server did not come back: ${stderr}`);
    }
    if (victim === "worker") {
      const env = { ...process.env, NATS_URL: this.#url };
      await ensureServer(this.#other.path, { env, timeoutMs: minutes(2) });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    // The worker first: it hands back what it has while there still is a server to hand it to.
    await this.#other[Symbol.asyncDispose]();
    await this.home[Symbol.asyncDispose]();
  }

  async #processOf(victim: Victim, choice = 0): Promise<number | undefined> {
    if (victim === "nats-server") return findProcess(this.home.path, "nats-server");
    if (victim !== "VM")
      return findProcess((victim === "server" ? this.home : this.#other).path, "server/dist/main.js");
    const found: number[] = [];
    for (const home of [this.home.path, this.#other.path]) found.push(...(await machinesOf(home)));
    return found[Math.floor(choice * found.length)];
  }
}

async function machinesOf(home: string): Promise<number[]> {
  const found: number[] = [];
  for (const pid of await processesOf(home)) {
    const line = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
    if (line.startsWith("qemu-system") || line.includes("/qemu-system")) found.push(pid);
  }
  return found;
}
