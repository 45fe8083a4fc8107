import type { Isolation } from "../drivers/driver.js";
import { wireSafe } from "../operations.js";
import type { GuestMetrics } from "../wire/messages.js";
import { type ExecOptions, type ExecResult, exec, type FollowOptions, follow } from "./exec.js";
import { Files } from "./files.js";
import { Guest } from "./guest.js";
import type { Runner } from "./runner.js";
import { statsOf, type VmStats } from "./stats.js";
import type { Surroundings } from "./surroundings.js";
import { Terminal, type TerminalOptions } from "./terminal.js";
import { type FileEvent, type WatchOptions, watch } from "./watch.js";

const serviceMs = 60_000;
const maxServiceBytes = 268_435_456;
/** For short calls, on a VM that may have to start first. */
const callMs = 60_000;

/**
 * One microVM. A VM whose process died is started again by the next call, from its disk; a call that was under way is
 * sent again under its operation id, and the guest's journal decides whether it had run.
 */
export class MicroVM implements AsyncDisposable {
  readonly id: string;
  readonly isolation: Isolation;
  readonly files: Files;
  readonly #runner: Runner;
  readonly #guest: Guest;
  readonly #around: Surroundings;
  readonly #onDestroyed: () => void;

  /** VMs are made by `MicroVMs`. */
  constructor(runner: Runner, o: { around: Surroundings; onDestroyed: () => void }) {
    this.id = runner.manifest.id;
    this.isolation = o.around.driver.isolation;
    this.#around = o.around;
    this.#runner = runner;
    this.#guest = new Guest(runner);
    this.#onDestroyed = o.onDestroyed;
    this.files = new Files(this.#guest);
  }

  get isRunning(): boolean {
    return this.#runner.isRunning;
  }

  /**
   * Runs a program as an ordinary user of the VM.
   *
   * ```ts
   * const { exitCode, stdout } = await vm.exec({ command: "python3 fit.py", timeoutMs: 60_000 });
   * ```
   */
  exec(options: ExecOptions): Promise<ExecResult> {
    return exec(this.#guest, options);
  }

  /**
   * Takes over the output and the result of a command by its operation id, whoever began it, while it runs or afterwards. Whoever
   * followed it before is told `operation_moved`. Throws `not_found` if nothing was begun under that id.
   */
  follow(operationId: string, options: FollowOptions = {}): Promise<ExecResult> {
    return follow(this.#guest, operationId, options);
  }

  /** Sends a signal, by its number, to the processes of a running command. Throws `not_found` if none runs under that id. */
  async signal(operationId: string, signal: number): Promise<void> {
    const args = { target: wireSafe(operationId), signal };
    await this.#guest.ask({ op: "signal", args, maxData: 0, deadlineMs: callMs });
  }

  /** A program with a terminal of its own, a login shell if none is named. */
  terminal(options: TerminalOptions): Promise<Terminal> {
    return Terminal.open(this.#guest, options);
  }

  /** Changes at a path and, with `recursive`, below it, as they happen. */
  watch(path: string, options: WatchOptions = {}): AsyncIterable<FileEvent> {
    return watch(this.#guest, path, options);
  }

  /** What the programs of the VM use, as its agent counts it. */
  metrics(): Promise<GuestMetrics> {
    return this.#guest.ask({ op: "metrics", args: {}, maxData: 0, deadlineMs: callMs });
  }

  /** What the VM costs and what it may cost. A VM that rests is not started for that. */
  stats(): Promise<VmStats> {
    return statsOf(this.#runner, this.#around);
  }

  /** Sends one request to a service of the template and resolves with its whole answer. Default 60 s. */
  async service(name: string, request: Uint8Array, options?: { timeoutMs?: number }): Promise<Uint8Array> {
    const timeoutMs = options?.timeoutMs ?? serviceMs;
    let chunks: Uint8Array[] = [];
    await this.#guest.ask({
      op: "service",
      args: { name, timeout_ms: timeoutMs },
      body: request,
      maxData: maxServiceBytes,
      receive: () => {
        chunks = [];
        return (_, bytes) => chunks.push(bytes);
      },
      deadlineMs: timeoutMs + 10_000,
    });
    return Buffer.concat(chunks);
  }

  /** Round trip to the agent in milliseconds. */
  async ping(): Promise<number> {
    const { connection } = await this.#runner.session();
    return connection.ping(callMs);
  }

  /** Resolves when all of the VM's disk is on stable storage. */
  async sync(): Promise<void> {
    await this.#guest.ask({ op: "sync", args: {}, maxData: 0, deadlineMs: callMs });
  }

  /** Powers off. The disk stays; a VM without one loses all it held. */
  stop(): Promise<void> {
    return this.#runner.stop();
  }

  /** Starts a stopped VM, or resumes a suspended one. */
  start(): Promise<void> {
    return this.#runner.start();
  }

  /**
   * Saves the memory to a file and ends the VM's process: it takes no memory and no processor, and its programs go on when it is resumed, by
   * `resume` or by the next call. Calls that are under way go on then too. Throws MicroVMError `stopped` if the VM does not run,
   * `secret_in_memory` if a call since its last start carried a secret, `snapshot_failed`, `quota_exceeded`.
   */
  suspend(): Promise<void> {
    return this.#runner.suspend();
  }

  /** Lets a suspended VM go on, and starts a stopped one. */
  resume(): Promise<void> {
    return this.#runner.start();
  }

  /** Ends the VM and removes its disk. */
  async destroy(): Promise<void> {
    await this.#runner.destroy();
    this.#onDestroyed();
  }

  /** Leaves a suspended VM as it is; stops one that has a disk, destroys one that has none. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#runner.state === "suspended") return;
    await (this.#runner.manifest.diskMiB === undefined ? this.destroy() : this.stop());
  }
}
