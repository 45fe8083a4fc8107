import { once } from "node:events";
import { StringDecoder } from "node:string_decoder";
import { plainLines } from "./escape.js";
import type { Streams } from "./terminal.js";

/** Where the output of a program goes. */
export interface Output {
  /** Resolves when more can be taken. */
  write(channel: "stdout" | "stderr", bytes: Buffer): Promise<void>;
  /** What was kept of it. */
  texts(): { stdout?: string; stderr?: string };
}

/** Passes output on: as it is, but to a terminal only what it shows and does not obey. */
export function passOn({ stdout, stderr }: Streams): Output {
  const sinks = { stdout: sink(stdout), stderr: sink(stderr) };
  return { write: (channel, bytes) => sinks[channel](bytes), texts: () => ({}) };
}

/** Keeps output, for an object that has it all. */
export function gather(): Output {
  const chunks = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
  const text = (channel: "stdout" | "stderr") => Buffer.concat(chunks[channel]).toString("utf8");
  return {
    write: async (channel, bytes) => void chunks[channel].push(bytes),
    texts: () => ({ stdout: text("stdout"), stderr: text("stderr") }),
  };
}

function sink(stream: Streams["stdout"]): (bytes: Buffer) => Promise<void> {
  const decoder = new StringDecoder("utf8");
  return async (bytes) => {
    const shown = stream.isTTY ? plainLines(decoder.write(bytes)) : bytes;
    if (!stream.write(shown)) await once(stream, "drain");
  };
}
