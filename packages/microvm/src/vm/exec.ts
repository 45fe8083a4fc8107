import type { Body } from "../client/body.js";
import { ByteQueue } from "../client/byte-queue.js";
import type { CallRequest } from "../client/call.js";
import type { Connection } from "../client/connection.js";
import { isMicroVMError, MicroVMError } from "../errors.js";
import { nextOperation, wireSafe } from "../operations.js";
import { channel } from "../wire/frame.js";
import type { ResultOf } from "../wire/messages.js";
import { type Guest, timeLeft } from "./guest.js";
import { withSecrets } from "./secret-env.js";

/** A program with its arguments, or a command line for `/bin/sh -c`. */
export type ExecOptions = ({ argv: string[]; command?: undefined } | { command: string; argv?: undefined }) & {
  /** Default `/workspace`. */
  cwd?: string;
  env?: Record<string, string>;
  /**
   * As `env`, for what must reach no disk: from the call on the VM is neither suspended, saved nor forked (`secret_in_memory`) until it
   * was stopped and started, and no error repeats a value. Better still, keep keys out of VMs: see the gateway.
   */
  secretEnv?: Record<string, string>;
  /** Default 300,000. At the limit the process and all it started are killed, and `timedOut` is true. */
  timeoutMs?: number;
  /** Of both channels together; what is past it is discarded, and `truncated` is true. Default 16 MiB, at most 64 MiB. */
  maxOutputBytes?: number;
  /** Bytes, or a source, which is asked for more as the program takes it, and called again if the connection is lost. */
  stdin?: Body;
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
const mostOutputBytes = 67_108_864;
/** The guest keeps the time limit; the host waits a little longer for it to say so. */
const graceMs = 30_000;

/** Runs a program in the guest. A non-zero exit code is a result, not an error. */
export function exec(guest: Guest, options: ExecOptions): Promise<ExecResult> {
  return withSecrets(guest, options.secretEnv, () => run(guest, options));
}

async function run(guest: Guest, options: ExecOptions): Promise<ExecResult> {
  const timeoutMs = options.timeoutMs ?? defaultTimeoutMs;
  const maxOutput = Math.min(options.maxOutputBytes ?? defaultOutputBytes, guest.mostOutputBytes);
  const operation = nextOperation(options.operationId);
  const output = new Output(options);
  const deadline = Date.now() + timeoutMs + graceMs;
  const args = {
    argv: options.argv ?? ["/bin/sh", "-c", options.command],
    cwd: options.cwd,
    env: options.secretEnv === undefined ? options.env : { ...options.env, ...options.secretEnv },
    timeout_ms: timeoutMs,
    max_output: maxOutput,
  };
  const ended = await guest.persist({
    op: "exec",
    operation,
    signal: options.signal,
    attempt: async (connection, number, awayMs) => {
      const deadlineMs = timeLeft(deadline + awayMs);
      const common = { id: operation.id, maxData: maxOutput, signal: options.signal, deadlineMs };
      // Standard input that was cut off can only be sent again with the call itself.
      if (number > 1 && options.stdin === undefined) {
        const rest = await attach(connection, { ...common, target: operation.id, output });
        if (rest !== undefined) return rest;
      }
      return connection.call({ ...common, op: "exec", args, body: options.stdin, onData: output.fromStart() });
    },
  });
  return result(ended, output);
}

export interface FollowOptions {
  /** Bytes of the output, of both channels together, that are known already: what comes after them is delivered. Default 0. */
  offset?: number;
  /** How long to follow; the command runs on afterwards. Default 300,000. */
  timeoutMs?: number;
  /** Ends the following with `cancelled`; the command runs on. */
  signal?: AbortSignal;
  onStdout?: (bytes: Uint8Array) => void;
  onStderr?: (bytes: Uint8Array) => void;
}

/** Takes over the output and the result of what runs, or ran, under an operation id. Throws `not_found` if nothing did. */
export async function follow(guest: Guest, operationId: string, options: FollowOptions): Promise<ExecResult> {
  const output = new Output(options, options.offset);
  const deadline = Date.now() + (options.timeoutMs ?? defaultTimeoutMs);
  const ended = await guest.persist({
    op: "attach",
    signal: options.signal,
    attempt: (connection, _, awayMs) =>
      connection.call({
        op: "attach",
        args: { target: wireSafe(operationId), offset: output.offset },
        maxData: mostOutputBytes,
        onData: output.goOn(),
        isFollower: true,
        deadlineMs: timeLeft(deadline + awayMs),
        signal: options.signal,
      }),
  });
  return result(ended, output);
}

type Common = Pick<CallRequest, "maxData" | "signal" | "deadlineMs">;

/** Goes on from the output that is here; undefined if the guest's journal does not know the operation, or the guest the call. */
async function attach(connection: Connection, o: Common & { target: string; output: Output }) {
  const { target, output, ...common } = o;
  try {
    const args = { target, offset: output.offset };
    return await connection.call({ ...common, op: "attach", args, onData: output.goOn() });
  } catch (error) {
    if (isMicroVMError(error, "not_found", "unknown_op")) return undefined;
    throw error;
  }
}

function result({ cancelled, ...ended }: ResultOf<"exec">, output: Output): ExecResult {
  if (cancelled) throw new MicroVMError("cancelled", "The command was cancelled and its processes were killed.");
  return { ...ended, stdout: output.bytes(channel.stdout), stderr: output.bytes(channel.stderr) };
}

type Listener = (channel: number, bytes: Uint8Array) => void;

/** Gathers both channels, whether they come again from their start or go on; listeners hear each byte once. */
class Output {
  readonly #listeners: Map<number, ((bytes: Uint8Array) => void) | undefined>;
  readonly #heard = new Map<number, ByteQueue>([
    [channel.stdout, new ByteQueue()],
    [channel.stderr, new ByteQueue()],
  ]);
  readonly #offset: number;

  constructor(options: Pick<ExecOptions, "onStdout" | "onStderr">, offset = 0) {
    this.#listeners = new Map([
      [channel.stdout, options.onStdout],
      [channel.stderr, options.onStderr],
    ]);
    this.#offset = offset;
  }

  /** Bytes of both channels together that nobody needs to send again. */
  get offset(): number {
    return [...this.#heard.values()].reduce((sum, { received }) => sum + received, this.#offset);
  }

  /** Takes output that comes after all that was heard. */
  goOn(): Listener {
    return (from, bytes) => this.#take(from, bytes);
  }

  /** Takes output that comes from the first byte of each channel. */
  fromStart(): Listener {
    const known = new Map<number, number>([...this.#heard].map(([from, { received }]) => [from, received]));
    return (from, bytes) => {
      const again = Math.min(bytes.length, known.get(from) ?? 0);
      known.set(from, (known.get(from) ?? 0) - again);
      if (again < bytes.length) this.#take(from, bytes.subarray(again));
    };
  }

  bytes(from: number): Uint8Array {
    return this.#heard.get(from)?.takeAll() ?? new Uint8Array(0);
  }

  #take(from: number, bytes: Uint8Array): void {
    this.#heard.get(from)?.push(bytes);
    this.#listeners.get(from)?.(bytes);
  }
}
