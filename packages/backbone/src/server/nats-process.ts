import { type ChildProcess, execFile, spawn } from "node:child_process";
import { open, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { connect } from "@nats-io/transport-node";
import { BackboneError, reason } from "../errors.js";
import type { Access } from "./nats-config.js";
import { identify, type ProcessIdentity } from "./process-identity.js";

const RELOAD_MS = 10_000;

export interface NatsExit {
  code: number | null;
  signal: NodeJS.Signals | null;
  /** What the server said last, one line. */
  said: string;
}

/** One nats-server child from its start to its end; {@link NatsServer} starts the next one. */
export class NatsProcess {
  readonly identity: ProcessIdentity;
  /** Resolves, never rejects, when the process is gone. */
  readonly exited: Promise<NatsExit>;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, identity: ProcessIdentity, exited: Promise<NatsExit>) {
    this.#child = child;
    this.identity = identity;
    this.exited = exited;
  }

  /**
   * Starts `binary -c configPath` so that the kernel ends it when we end, however we end (`setpriv --pdeathsig`, where
   * util-linux has it; without it an orphan is ended by the next start).
   */
  static async spawn(o: { binary: string; configPath: string; runDir: string }): Promise<NatsProcess> {
    const command = [...((await diesWithParent()) ? ["setpriv", "--pdeathsig", "KILL"] : []), o.binary];
    const [program = o.binary, ...args] = [...command, "-c", o.configPath];
    const child = spawn(program, args, {
      stdio: ["ignore", "ignore", "pipe"],
      // A group of its own: Ctrl-C is for the owner, which then stops the server in its turn.
      detached: true,
      // Not our environment: it may hold keys that are none of this child's business.
      env: { PATH: process.env.PATH ?? "/usr/bin:/bin" },
    });
    let stderr = "";
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      stderr = (stderr + text).slice(-2_000);
    });
    const exited = new Promise<NatsExit>((resolve) => {
      const end = async (code: number | null, signal: NodeJS.Signals | null, failure = "") => {
        const said = failure || lastLine(stderr) || lastLine(await logTail(o.runDir)) || "nothing";
        resolve({ code, signal, said });
      };
      child.once("error", (error) => void end(null, null, error.message));
      child.once("exit", (code, signal) => void end(code, signal));
    });
    const identity = child.pid === undefined ? undefined : await identify(child.pid);
    if (!identity) {
      const { said } = await exited;
      throw new BackboneError("not_ready", `nats-server (${o.binary}) could not be started: ${said}`);
    }
    return new NatsProcess(child, identity, exited);
  }

  /** Returns when JetStream answers. BackboneError `not_ready` if the process ends first or `timeoutMs` pass. */
  async ready(access: Access, timeoutMs: number): Promise<void> {
    const until = Date.now() + timeoutMs;
    let last: unknown;
    let exit: NatsExit | undefined;
    void this.exited.then((e) => {
      exit = e;
    });
    while (Date.now() < until) {
      if (exit) throw new BackboneError("not_ready", `nats-server ended while it was starting: ${exit.said}`);
      try {
        return await askJetStream(access);
      } catch (error) {
        last = error;
      }
      await sleep(20);
    }
    throw new BackboneError(
      "not_ready",
      `nats-server did not become ready within ${Math.round(timeoutMs / 1000)} s: ${reason(last)}`,
      { cause: last },
    );
  }

  /** Has it read its configuration anew and returns when it has. @throws BackboneError `bad_config` */
  async reload(o: { binary: string; configPath: string; runDir: string }): Promise<void> {
    await checkConfig(o);
    const log = join(o.runDir, "nats.log");
    const before = await sizeOf(log);
    this.#child.kill("SIGHUP");
    const ended = this.exited.then(() => true);
    for (const until = Date.now() + RELOAD_MS; Date.now() < until; ) {
      const said = await textFrom(log, before);
      const failure = /\[ERR\] .*Failed to reload.*/.exec(said)?.[0];
      if (failure)
        throw new BackboneError("bad_config", `nats-server does not take the configuration: ${lastLine(failure)}`);
      if (said.includes("Reloaded server configuration")) return;
      // Its restart reads the configuration that is there then.
      if (await Promise.race([ended, sleep(20, false)])) return;
    }
    throw new BackboneError(
      "not_ready",
      `nats-server did not read its configuration within ${RELOAD_MS / 1000} s; see ${log}.`,
    );
  }

  /** Asks the server to end, kills it after `graceMs`, and returns when it is gone. */
  async stop(graceMs: number): Promise<void> {
    this.#child.kill("SIGTERM");
    const timer = setTimeout(() => this.#child.kill("SIGKILL"), graceMs);
    await this.exited;
    clearTimeout(timer);
  }
}

async function checkConfig({ binary, configPath }: { binary: string; configPath: string }): Promise<void> {
  try {
    await promisify(execFile)(binary, ["-t", "-c", configPath], { timeout: RELOAD_MS });
  } catch (cause) {
    const said = lastLine(String((cause as { stderr?: string }).stderr ?? reason(cause)));
    throw new BackboneError("bad_config", `nats-server does not take the configuration: ${said}`, { cause });
  }
}

async function sizeOf(path: string): Promise<number> {
  return (await stat(path).catch(() => undefined))?.size ?? 0; // No log yet.
}

/** What was written to a log after it had `size` bytes; all of it if it has been replaced by a new one since. */
async function textFrom(path: string, size: number): Promise<string> {
  const bytes = await readFile(path).catch(() => Buffer.alloc(0)); // Between the old one and the new one.
  return bytes.subarray(bytes.length < size ? 0 : size).toString("utf8");
}

async function askJetStream(access: Access): Promise<void> {
  const connection = await connect({
    servers: `127.0.0.1:${access.port}`,
    user: access.user,
    pass: access.password,
    reconnect: false,
    timeout: 2_000,
    name: "vibewriter readiness",
  });
  try {
    const answer = await connection.request("$JS.API.INFO", undefined, { timeout: 2_000 });
    const { error } = answer.json<{ error?: { description?: string } }>();
    if (error) throw new Error(error.description ?? "JetStream is not ready");
  } finally {
    await connection.close();
  }
}

let deathSignal: Promise<boolean> | undefined;

/** True if this machine's setpriv knows --pdeathsig (busybox' does not). Asked once a process. */
function diesWithParent(): Promise<boolean> {
  deathSignal ??= promisify(execFile)("setpriv", ["--pdeathsig", "KILL", "true"], { timeout: 5_000 }).then(
    () => true,
    () => false,
  );
  return deathSignal;
}

async function logTail(runDir: string): Promise<string> {
  try {
    await using file = await open(join(runDir, "nats.log"));
    const { size } = await file.stat();
    const length = Math.min(size, 2_000);
    const { buffer } = await file.read(Buffer.alloc(length), 0, length, size - length);
    return buffer.toString("utf8");
  } catch {
    return ""; // It ended before it had a log.
  }
}

/** The last line that says what is wrong, without the pid and time before it. */
function lastLine(text: string): string {
  const lines = text.trim().split("\n");
  const line = lines.findLast((l) => /\[(ERR|FTL)\]/.test(l)) ?? lines.at(-1) ?? "";
  return line.replace(/^\[\d+\] \S+ \S+ /, "").trim();
}
