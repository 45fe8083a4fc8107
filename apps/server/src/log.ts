import { createWriteStream, renameSync, statSync, type WriteStream } from "node:fs";
import { trace } from "@opentelemetry/api";
import { codeOf } from "./errors.js";
import { LEVELS, type Level } from "./logs/entry.js";

/** A line of the log: no request bodies, no headers, no keys. `run` and `agent` name what it is about. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

export interface LogOptions {
  /** What is finer is not written; default `info`. */
  readonly level?: Level;
  /** Takes secrets out of each line; default: nothing is taken out. */
  readonly redact?: (line: string) => string;
}

const LARGEST_FILE = 4 * 1024 * 1024;

/** The owner's log: JSON lines in one file, moved to `<file>.1` at 4 MiB, so at most 8 MiB in all. */
export class Log implements AsyncDisposable {
  readonly #path: string;
  readonly #redact: (line: string) => string;
  #least: number;
  #stream: WriteStream;
  #bytes: number;

  constructor(path: string, o: LogOptions = {}) {
    this.#path = path;
    this.#redact = o.redact ?? ((line) => line);
    this.#least = LEVELS.indexOf(o.level ?? "info");
    this.#bytes = sizeOf(path);
    this.#stream = open(path);
  }

  /** From now on what is finer is not written: the configuration is read when the log is open already. */
  set level(level: Level) {
    this.#least = LEVELS.indexOf(level);
  }

  /** Writes one line, with the trace that it belongs to, if there is one. */
  write(level: Level, event: string, fields: LogFields = {}): void {
    if (LEVELS.indexOf(level) < this.#least) return;
    const now = trace.getActiveSpan()?.spanContext().traceId;
    const entry = { time: new Date().toISOString(), level, event, ...fields, trace: now };
    const line = `${this.#redact(JSON.stringify(entry))}\n`;
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
