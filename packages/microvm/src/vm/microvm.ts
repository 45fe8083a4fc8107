import type { Isolation } from "../drivers/driver.js";
import { type ExecOptions, type ExecResult, exec } from "./exec.js";
import { Files } from "./files.js";
import { Guest } from "./guest.js";
import type { Runner } from "./runner.js";

const serviceMs = 60_000;
const maxServiceBytes = 268_435_456;
const syncMs = 60_000;

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
  readonly #onDestroyed: () => void;

  /** VMs are made by `MicroVMs`. */
  constructor(runner: Runner, o: { isolation: Isolation; onDestroyed: () => void }) {
    this.id = runner.manifest.id;
    this.isolation = o.isolation;
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
    return connection.ping(syncMs);
  }

  /** Resolves when all of the VM's disk is on stable storage. */
  async sync(): Promise<void> {
    await this.#guest.ask({ op: "sync", args: {}, maxData: 0, deadlineMs: syncMs });
  }

  /** Powers off. The disk stays; a VM without one loses all it held. */
  stop(): Promise<void> {
    return this.#runner.stop();
  }

  /** Starts a stopped VM. */
  start(): Promise<void> {
    return this.#runner.start();
  }

  /** Ends the VM and removes its disk. */
  async destroy(): Promise<void> {
    await this.#runner.destroy();
    this.#onDestroyed();
  }

  /** Stops a VM that has a disk, destroys one that has none. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.#runner.manifest.diskMiB === undefined ? this.destroy() : this.stop();
  }
}
