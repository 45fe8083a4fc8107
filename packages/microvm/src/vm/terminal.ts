import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { ByteQueue } from "../client/byte-queue.js";
import { Handover } from "../client/handover.js";
import { isMicroVMError, MicroVMError } from "../errors.js";
import type { Guest } from "./guest.js";

/** A program with its arguments, or a command line for `/bin/sh -c`; neither: a login shell. */
export interface TerminalOptions {
  argv?: string[];
  command?: string;
  /** Default `/workspace`. */
  cwd?: string;
  env?: Record<string, string>;
  rows: number;
  cols: number;
}

export interface TerminalEnd {
  /** 128 more than the signal if a signal ended the program. */
  exitCode: number;
  signal?: number;
}

const callMs = 30_000;
const loginShell = ["/bin/sh", "-l"];
/** A program is not there for others at once; it is asked for again so often, until this time is over. */
const startMs = 10_000;
const retryMs = 50;

/**
 * A program with a terminal of its own in the VM. Iterating it gives what the program writes, at the reader's pace: one that nobody
 * reads from stops writing. It ends with its connection: what happens on a terminal is not kept.
 *
 * ```ts
 * await using terminal = await vm.terminal({ rows: 24, cols: 80 });
 * await terminal.write(Buffer.from("exit\n"));
 * for await (const bytes of terminal) process.stdout.write(bytes);
 * ```
 */
export class Terminal implements AsyncIterable<Uint8Array>, AsyncDisposable {
  /** How the program ended. Throws `connection_lost`, or why it could not be started, such as `not_found`. */
  readonly done: Promise<TerminalEnd>;
  readonly #guest: Guest;
  readonly #id = `terminal.${randomUUID()}`;
  readonly #input = new Handover<Uint8Array>();
  readonly #output = new ByteQueue();
  readonly #hangUp = new AbortController();
  #isOver = false;

  private constructor(guest: Guest, begin: (terminal: Terminal) => Promise<TerminalEnd>) {
    this.#guest = guest;
    this.done = begin(this);
    this.done.then(
      () => this.#end(undefined),
      (error: unknown) => this.#end(error),
    );
  }

  /** Starts the program. That it could not be started is told by `done`, by iterating and by writing. */
  static async open(guest: Guest, options: TerminalOptions): Promise<Terminal> {
    const { argv, command, cwd, env, rows, cols } = options;
    const connection = await guest.connection();
    const begin = async (terminal: Terminal) => {
      const { exitCode, signal } = await connection.call({
        op: "exec",
        args: {
          argv: argv ?? (command === undefined ? loginShell : ["/bin/sh", "-c", command]),
          cwd,
          env,
          pty: { rows, cols },
        },
        id: terminal.#id,
        body: () => terminal.#input,
        maxData: Number.MAX_SAFE_INTEGER,
        queue: terminal.#output,
        signal: terminal.#hangUp.signal,
      });
      return { exitCode, signal };
    };
    return new Terminal(guest, (terminal) => guest.during(() => begin(terminal)));
  }

  /** What is typed. Resolves once it is on its way. Throws `closed` after the end. */
  write(bytes: Uint8Array): Promise<void> {
    return this.#input.give(bytes);
  }

  async resize(rows: number, cols: number): Promise<void> {
    await this.#once(() =>
      this.#guest.ask({ op: "resize", args: { target: this.#id, rows, cols }, maxData: 0, deadlineMs: callMs }),
    );
  }

  /** Sends a signal, by its number, to the programs in the foreground. */
  async signal(signal: number): Promise<void> {
    await this.#once(() =>
      this.#guest.ask({ op: "signal", args: { target: this.#id, signal }, maxData: 0, deadlineMs: callMs }),
    );
  }

  [Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    return this.#output[Symbol.asyncIterator]();
  }

  /** Kills the program and all in its session, if it still runs, and waits for its end. */
  async close(): Promise<void> {
    this.#hangUp.abort();
    await this.done.catch((error: unknown) => {
      if (!isMicroVMError(error)) throw error;
    });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #end(error: unknown): void {
    this.#isOver = true;
    this.#output.end(error);
    this.#input.refuse(error ?? new MicroVMError("closed", "The program on the terminal has ended; open a new one."));
  }

  async #once(call: () => Promise<unknown>): Promise<void> {
    const deadline = Date.now() + startMs;
    for (;;) {
      try {
        await call();
        return;
      } catch (error) {
        const isStarting = isMicroVMError(error, "not_found") && !this.#isOver && Date.now() < deadline;
        if (!isStarting) throw error;
      }
      await delay(retryMs);
    }
  }
}
