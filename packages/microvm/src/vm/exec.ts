import { MicroVMError } from "../errors.js";
import { channel } from "../wire/frame.js";
import type { Guest, GuestRequest } from "./guest.js";

/** A program with its arguments, or a command line for `/bin/sh -c`. */
export type ExecOptions = ({ argv: string[]; command?: undefined } | { command: string; argv?: undefined }) & {
  /** Default `/workspace`. */
  cwd?: string;
  env?: Record<string, string>;
  /** Default 300,000. At the limit the process and all it started are killed, and `timedOut` is true. */
  timeoutMs?: number;
  /** Of both channels together; what is past it is discarded, and `truncated` is true. Default 16 MiB, at most 64 MiB. */
  maxOutputBytes?: number;
  stdin?: Uint8Array;
  /** Names what is done, so that the same call made again is re-attached or answered from the journal. */
  operationId?: string;
  /** Kills the process; the call then throws `cancelled`. */
  signal?: AbortSignal;
  /** Output as it comes, each byte once. */
  onStdout?: (bytes: Uint8Array) => void;
  onStderr?: (bytes: Uint8Array) => void;
};

export interface ExecResult {
  /** 128 more than the signal if a signal ended the process. */
  exitCode: number;
  signal?: number;
  stdout: Uint8Array;
  stderr: Uint8Array;
  timedOut: boolean;
  truncated: boolean;
  durationMs: number;
}

const defaultTimeoutMs = 300_000;
const defaultOutputBytes = 16_777_216;
/** The guest keeps the time limit; the host waits a little longer for it to say so. */
const graceMs = 30_000;

/** Runs a program in the guest. A non-zero exit code is a result, not an error. */
export async function exec(guest: Guest, options: ExecOptions): Promise<ExecResult> {
  const timeoutMs = options.timeoutMs ?? defaultTimeoutMs;
  const maxOutput = options.maxOutputBytes ?? defaultOutputBytes;
  const output = new Output(options);
  const request: GuestRequest<"exec"> = {
    op: "exec",
    args: {
      argv: options.argv ?? ["/bin/sh", "-c", options.command],
      cwd: options.cwd,
      env: options.env,
      timeout_ms: timeoutMs,
      max_output: maxOutput,
    },
    body: options.stdin,
    maxData: maxOutput,
    receive: () => output.again(),
    deadlineMs: timeoutMs + graceMs,
    signal: options.signal,
  };
  const { cancelled, ...result } = await guest.change(request, options.operationId);
  if (cancelled) throw new MicroVMError("cancelled", "The command was cancelled and its processes were killed.");
  return { ...result, stdout: output.bytes(channel.stdout), stderr: output.bytes(channel.stderr) };
}

/** Gathers both channels; a call that is sent again sends its output again, and listeners hear each byte once. */
class Output {
  readonly #listeners: Map<number, ((bytes: Uint8Array) => void) | undefined>;
  readonly #heard = new Map<number, number>();
  #chunks = new Map<number, Uint8Array[]>();

  constructor(options: Pick<ExecOptions, "onStdout" | "onStderr">) {
    this.#listeners = new Map([
      [channel.stdout, options.onStdout],
      [channel.stderr, options.onStderr],
    ]);
  }

  again(): (channel: number, bytes: Uint8Array) => void {
    const received = new Map<number, number>();
    const chunks = new Map<number, Uint8Array[]>();
    this.#chunks = chunks;
    return (from, bytes) => {
      const before = received.get(from) ?? 0;
      received.set(from, before + bytes.length);
      const list = chunks.get(from);
      if (list === undefined) chunks.set(from, [bytes]);
      else list.push(bytes);
      const heard = this.#heard.get(from) ?? 0;
      if (before + bytes.length <= heard) return;
      this.#heard.set(from, before + bytes.length);
      this.#listeners.get(from)?.(bytes.subarray(Math.max(0, heard - before)));
    };
  }

  bytes(from: number): Uint8Array {
    return Buffer.concat(this.#chunks.get(from) ?? []);
  }
}
