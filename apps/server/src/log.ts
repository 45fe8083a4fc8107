import { createWriteStream, renameSync, statSync, type WriteStream } from "node:fs";
import { codeOf } from "./errors.js";

/** A line of the log: no request bodies, no headers, no keys. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

const LARGEST_FILE = 4 * 1024 * 1024;

/** The owner's log: JSON lines in one file, moved to `<file>.1` at 4 MiB, so at most 8 MiB in all. */
export class Log implements AsyncDisposable {
  readonly #path: string;
  #stream: WriteStream;
  #bytes: number;

  constructor(path: string) {
    this.#path = path;
    this.#bytes = sizeOf(path);
    this.#stream = open(path);
  }

  /** Writes one line. */
  write(level: "info" | "warn" | "error", event: string, fields: LogFields = {}): void {
    const line = `${JSON.stringify({ time: new Date().toISOString(), level, event, ...fields })}\n`;
    if (this.#bytes + line.length > LARGEST_FILE) this.#rotate();
    this.#bytes += Buffer.byteLength(line);
    this.#stream.write(line);
  }

  #rotate(): void {
    this.#stream.end();
    renameSync(this.#path, `${this.#path}.1`);
    this.#stream = open(this.#path);
    this.#bytes = 0;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await new Promise<void>((resolve) => this.#stream.end(resolve));
  }
}

function open(path: string): WriteStream {
  const stream = createWriteStream(path, { flags: "a", mode: 0o600 });
  // A full disk must not end the owner of running work; what cannot be logged goes to the crash log.
  stream.on("error", (error) => process.stderr.write(`log: ${error.message}\n`));
  return stream;
}

function sizeOf(path: string): number {
  try {
    return statSync(path).size;
  } catch (error) {
    if (codeOf(error) === "ENOENT") return 0;
    throw error;
  }
}
