import { existsSync } from "node:fs";
import { link, mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { BackboneError, reason } from "../errors.js";
import type { NatsBinary } from "./nats-binary.js";
import { type Access, divideStore, isPortFree, loadAccess, moveToFreePort, writeConfig } from "./nats-config.js";
import { NatsProcess } from "./nats-process.js";
import {
  endProcess,
  identify,
  isAlive,
  type ProcessIdentity,
  parentProgram,
  withArgument,
} from "./process-identity.js";
import { readRunFile, removeRunFile, writeAtomically, writeRunFile } from "./run-file.js";

/** What happens to the embedded server, for logs. */
export type NatsServerEvent =
  | { type: "orphan_ended"; pid: number }
  | { type: "ready"; pid: number; port: number; ms: number }
  | { type: "exited"; pid: number; code: number | null; signal: string | null; said: string }
  | { type: "restart_failed"; message: string; nextTryMs: number };

export interface NatsServerOptions {
  /** Where JetStream keeps its files. */
  dataDir: string;
  /** Where configuration, access, log and run file are kept; made with mode 0700. */
  runDir: string;
  binary: NatsBinary;
  onEvent?: (event: NatsServerEvent) => void;
}

const READY_MS = 60_000; // The recovery of a large store takes its time; a dead child ends the wait at once.
const STOP_MS = 5_000;
const BACKOFF_MS = [20, 100, 500, 1_000, 2_000, 5_000] as const;
const HEALTHY_MS = 30_000;

/**
 * nats-server as a supervised child on 127.0.0.1: restarted with backoff when it crashes, on the same port with the
 * same credentials, so that clients reconnect; ended when we end, even by `kill -9`.
 */
export class NatsServer implements AsyncDisposable {
  readonly binary: NatsBinary;
  readonly #options: NatsServerOptions;
  readonly #owner: ProcessIdentity;
  readonly #stopping = new AbortController();
  #access: Access;
  #process: NatsProcess | undefined;
  #supervision: Promise<void> = Promise.resolve();
  #stopped: Promise<void> | undefined;

  private constructor(options: NatsServerOptions, owner: ProcessIdentity, access: Access) {
    this.binary = options.binary;
    this.#options = options;
    this.#owner = owner;
    this.#access = access;
  }

  /**
   * Starts the server and returns when JetStream answers. An orphan of a dead owner is ended first.
   * @throws BackboneError `busy` if a living process owns this `runDir`, `not_ready` if the server does not come up
   */
  static async start(options: NatsServerOptions): Promise<NatsServer> {
    await mkdir(options.runDir, { recursive: true, mode: 0o700 });
    await mkdir(options.dataDir, { recursive: true, mode: 0o700 });
    const owner = await claim(options);
    try {
      await divideStore(options);
      const server = new NatsServer(options, owner, await loadAccess(options.runDir));
      await server.#first();
      server.#supervision = server.#supervise();
      return server;
    } catch (error) {
      await removeRunFile(runFile(options.runDir));
      throw error;
    }
  }

  /**
   * Ends the server that a dead owner of `runDir` left running, if the kernel has not done so already.
   * @throws BackboneError `busy` if the owner lives
   */
  static async cleanUp(o: Pick<NatsServerOptions, "runDir" | "onEvent">): Promise<void> {
    if (!existsSync(o.runDir)) return;
    await claim(o);
    await removeRunFile(runFile(o.runDir));
  }

  /** `nats://127.0.0.1:<port>`, without credentials. */
  get url(): string {
    return `nats://127.0.0.1:${this.#access.port}`;
  }

  get credentials(): { user: string; password: string } {
    return { user: this.#access.user, password: this.#access.password };
  }

  /** The pid of the child that runs now, for status pages; `undefined` between a crash and the restart. */
  get pid(): number | undefined {
    return this.#process?.identity.pid;
  }

  /**
   * Has the running server read its configuration anew, without ending connections that are still allowed. While it is
   * between a crash and its restart, that restart does.
   * @throws BackboneError `bad_config` with what the server says, and the server goes on as it was
   */
  async reload(): Promise<void> {
    const { runDir, dataDir, binary } = this.#options;
    const configPath = await writeConfig({ runDir, dataDir, access: this.#access, version: binary.version });
    // An account that is new in this reading has its imports from the next reading on.
    for (let reading = 1; reading <= 2; reading++) {
      await this.#process?.reload({ binary: binary.path, configPath, runDir });
    }
  }

  /** Ends the server and returns when it is gone. Any number of calls. */
  stop(): Promise<void> {
    this.#stopped ??= (async () => {
      this.#stopping.abort();
      await this.#process?.stop(STOP_MS);
      await this.#supervision;
      await (this.#process as NatsProcess | undefined)?.stop(STOP_MS); // A restart may have been under way.
      await removeRunFile(runFile(this.#options.runDir));
    })();
    return this.#stopped;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  /** The first start may take another port; later ones may not, since clients know this one. */
  async #first(): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      if (!(await isPortFree(this.#access.port))) {
        this.#access = await moveToFreePort(this.#options.runDir, this.#access);
      }
      try {
        return await this.#launch();
      } catch (error) {
        // Somebody was faster between the check and the start.
        const portTaken = reason(error).includes("address already in use");
        if (!portTaken || attempt === 5) throw error;
        this.#access = await moveToFreePort(this.#options.runDir, this.#access);
      }
    }
  }

  async #launch(): Promise<void> {
    const started = performance.now();
    const { runDir, dataDir, binary, onEvent } = this.#options;
    const configPath = await writeConfig({ runDir, dataDir, access: this.#access, version: binary.version });
    const child = await NatsProcess.spawn({ binary: binary.path, configPath, runDir });
    this.#process = child;
    try {
      await writeRunFile(runFile(runDir), { version: 1, owner: this.#owner, server: child.identity });
      await child.ready(this.#access, READY_MS);
    } catch (error) {
      await child.stop(STOP_MS);
      this.#process = undefined;
      throw error;
    }
    const ms = Math.round(performance.now() - started);
    onEvent?.({ type: "ready", pid: child.identity.pid, port: this.#access.port, ms });
  }

  async #supervise(): Promise<void> {
    let failures = 0;
    let since = Date.now();
    while (!this.#stopping.signal.aborted) {
      const child = this.#process;
      if (child) {
        const exit = await child.exited;
        if (this.#stopping.signal.aborted) return;
        this.#process = undefined;
        this.#options.onEvent?.({ type: "exited", pid: child.identity.pid, ...exit });
        if (Date.now() - since > HEALTHY_MS) failures = 0;
      }
      const waitMs = BACKOFF_MS[Math.min(failures, BACKOFF_MS.length - 1)] ?? 0;
      failures++;
      try {
        await sleep(waitMs, undefined, { signal: this.#stopping.signal });
        await this.#launch();
        since = Date.now();
      } catch (error) {
        if (this.#stopping.signal.aborted) return;
        const nextTryMs = BACKOFF_MS[Math.min(failures, BACKOFF_MS.length - 1)] ?? 0;
        this.#options.onEvent?.({ type: "restart_failed", message: reason(error), nextTryMs });
      }
    }
  }
}

function runFile(runDir: string): string {
  return join(runDir, "nats.run.json");
}

type Claim = Pick<NatsServerOptions, "runDir" | "onEvent">;

/** Makes this process the owner of `runDir`, or throws `busy`. Ends what a dead owner left running. */
async function claim(options: Claim): Promise<ProcessIdentity> {
  const path = runFile(options.runDir);
  const owner = await identify(process.pid);
  if (!owner) throw new BackboneError("not_ready", "This process cannot be seen in /proc; mount it and try again.");
  for (let attempt = 0; attempt < 10; attempt++) {
    const found = await readRunFile(path);
    if (found === "absent") {
      // A link is made at once and with its whole content, or not at all.
      const mine = `${path}.${process.pid}.claim`;
      await writeAtomically(mine, `${JSON.stringify({ version: 1, owner })}\n`);
      const won = await link(mine, path).then(
        () => true,
        (error: NodeJS.ErrnoException) => {
          if (error.code === "EEXIST") return false;
          throw error;
        },
      );
      await rm(mine);
      if (!won) continue;
      await endStrays(options);
      return owner;
    }
    if (found !== "corrupt") {
      if (await isAlive(found.owner)) throw busy(found.owner.pid);
      if (found.server && (await isAlive(found.server))) await endOrphan(found.server, options);
    }
    await rename(path, `${path}.stale`).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "ENOENT") throw error; // Another process cleared it at the same time.
    });
    await rm(`${path}.stale`, { force: true });
  }
  throw new BackboneError("busy", "Another process is starting nats-server in this home; try again in a moment.");
}

/** Two servers on one store destroy it: any that still runs with our configuration ends before ours starts. */
async function endStrays(options: Claim): Promise<void> {
  for (const pid of await withArgument(join(options.runDir, "nats.conf"))) {
    const parent = await parentProgram(pid);
    // Only seen when the run file was lost: a parent of our own kind is a living owner.
    if (parent && parent.program === process.execPath) {
      await removeRunFile(runFile(options.runDir));
      throw busy(parent.pid);
    }
    const identity = await identify(pid);
    if (identity) await endOrphan(identity, options);
  }
}

async function endOrphan(orphan: ProcessIdentity, options: Claim): Promise<void> {
  await endProcess(orphan, STOP_MS);
  options.onEvent?.({ type: "orphan_ended", pid: orphan.pid });
}

function busy(pid: number): BackboneError {
  return new BackboneError(
    "busy",
    `Process ${pid} already runs nats-server in this home; use that one, or stop it with \`vibewriter stop\`.`,
  );
}
