import { createInterface } from "node:readline/promises";
import type { Readable } from "node:stream";
import pc from "picocolors";

/** What a command reads and writes: the streams of its process, or of whoever runs it in theirs. */
export interface Streams {
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: OutStream;
  readonly stderr: OutStream;
}

type OutStream = NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };

/**
 * The two streams of the command. What the command was asked for goes to standard output; progress, notes, questions and errors go
 * to standard error, so that output can be piped while a person watches.
 */
export interface Terminal {
  /** For what is read and written as it is. */
  readonly streams: Streams;
  /** Whether progress can be drawn and redrawn. */
  readonly isLive: boolean;
  /** Whether a person can be asked. */
  readonly canAsk: boolean;
  readonly columns: number;
  /** Of standard output; without end where no terminal reads it. */
  readonly outColumns: number;
  /** For standard error. */
  readonly colors: Colors;
  /** For standard output. */
  readonly outColors: Colors;
  readonly json: boolean;
  print(text: string): void;
  /** One JSON value on standard output: all that `--json` prints there. */
  printJson(value: unknown): void;
  /** A line of progress; nothing with `--json` unless a person watches. */
  note(text: string): void;
  warn(text: string): void;
  /** Rings the bell, where a person watches. */
  ring(): void;
  /** The answer to a question; undefined when the person closed the input or pressed Ctrl-C. */
  ask(question: string, signal?: AbortSignal): Promise<string | undefined>;
}

export type Colors = ReturnType<typeof pc.createColors>;

/** The terminal of this process, or one on other streams. */
export function processTerminal(o: { json: boolean; env: NodeJS.ProcessEnv }, streams: Streams = process): Terminal {
  const { stdin, stdout, stderr } = streams;
  const isLive = stderr.isTTY === true && o.env.TERM !== "dumb";
  const wantsColor = !o.env.NO_COLOR && o.env.TERM !== "dumb";
  const colors = pc.createColors(wantsColor && stderr.isTTY === true);
  const write = (text: string) => stderr.write(`${text}\n`);
  return {
    streams,
    isLive,
    canAsk: isLive && stdin.isTTY === true && !o.json,
    get columns() {
      return stderr.columns ?? 80;
    },
    get outColumns() {
      return stdout.isTTY === true ? (stdout.columns ?? 80) : Number.POSITIVE_INFINITY;
    },
    colors,
    outColors: pc.createColors(wantsColor && stdout.isTTY === true),
    json: o.json,
    print: (text) => void stdout.write(`${text}\n`),
    printJson: (value) => void stdout.write(`${JSON.stringify(value)}\n`),
    note: (text) => {
      if (!o.json || isLive) write(colors.dim(text));
    },
    warn: write,
    ring: () => {
      if (isLive) stderr.write("\x07");
    },
    async ask(question, signal) {
      const input = createInterface({ input: stdin, output: stderr });
      // A line editor takes Ctrl-C for itself; the command decides what it means.
      input.on("SIGINT", () => process.emit("SIGINT"));
      const closed = new Promise<undefined>((resolve) => input.once("close", () => resolve(undefined)));
      try {
        return await Promise.race([input.question(question, { signal }), closed]);
      } catch (error) {
        if (error instanceof Error && error.name === "AbortError") return undefined;
        throw error;
      } finally {
        input.close();
      }
    },
  };
}
