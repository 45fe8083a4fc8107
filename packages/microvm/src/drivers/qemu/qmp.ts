import type { Socket } from "node:net";
import { z } from "zod";
import { dial } from "../../client/dial.js";
import { MicroVMError } from "../../errors.js";
import { boundedLines } from "../host/lines.js";

const answer = z.union([
  z.object({ return: z.unknown() }),
  z.object({ error: z.object({ class: z.string(), desc: z.string() }) }),
  z.object({ event: z.string() }),
  z.object({ QMP: z.unknown() }),
]);
type Answer = z.infer<typeof answer>;

/** The longest answer is the console's 64 KiB, each byte of which JSON may write as six. */
const maxLineBytes = 524_288;
const maxWords = 500;

/** QEMU's monitor: one command at a time, every one with a deadline. What it says is believed no more than a guest is. */
export class Qmp implements AsyncDisposable {
  readonly #socket: Socket;
  readonly #lines: AsyncIterator<string>;
  readonly #deadlineMs: number;

  private constructor(socket: Socket, deadlineMs: number) {
    this.#socket = socket;
    this.#deadlineMs = deadlineMs;
    // The reader sees a failed socket as the end of its lines.
    socket.on("error", () => socket.destroy());
    this.#lines = boundedLines(socket, maxLineBytes);
  }

  /** Connects to a monitor that may not listen yet; `isDoomed` tells when it never will. */
  static async open(path: string, deadlineMs: number, isDoomed?: () => boolean): Promise<Qmp> {
    const qmp = new Qmp(await dial(path, Date.now() + deadlineMs, isDoomed), deadlineMs);
    try {
      await qmp.execute("qmp_capabilities");
      return qmp;
    } catch (error) {
      await qmp[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Runs one command; resolves with what it returns. Throws MicroVMError `internal` with QEMU's own words. */
  async execute(command: string, args?: Record<string, unknown>): Promise<unknown> {
    this.#socket.write(`${JSON.stringify({ execute: command, arguments: args })}\n`);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => resolve(undefined), this.#deadlineMs);
    });
    try {
      for (;;) {
        const line = await Promise.race([this.#lines.next(), late]);
        if (line === undefined || line.done) throw failed(command, line === undefined ? "no answer" : "it ended");
        const message = parse(command, line.value);
        if ("return" in message) return message.return;
        if ("error" in message) throw failed(command, message.error.desc);
      }
    } finally {
      clearTimeout(timer);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.destroy();
  }
}

function parse(command: string, line: string): Answer {
  try {
    return answer.parse(JSON.parse(line));
  } catch (cause) {
    throw failed(command, "its answer cannot be read", cause);
  }
}

function failed(command: string, why: string, cause?: unknown): MicroVMError {
  const words = why.replaceAll(/[^\x20-\x7e]/g, " ").slice(0, maxWords);
  return new MicroVMError("internal", `QEMU's monitor failed at ${command}: ${words}; start the VM again.`, { cause });
}
