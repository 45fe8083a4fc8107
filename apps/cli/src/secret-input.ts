import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
import { UsageError } from "./exit.js";
import type { Streams, Terminal } from "./terminal.js";

/** More than any secret is long. */
const MOST = 64 * 1024;

/**
 * A secret from standard input, or from a person who types it and does not see it. Among the arguments it would be in the shell's history and in every
 * list of processes.
 * @throws UsageError if nothing comes
 */
export async function readSecret(terminal: Pick<Terminal, "canAsk" | "streams">, question: string): Promise<string> {
  const typed = terminal.canAsk ? await ask(question) : await readAll(terminal.streams);
  const value = typed?.replace(/\r?\n$/, "") ?? "";
  if (value !== "") return value;
  throw new UsageError("There is no value: type it when you are asked, or pipe it in, such as < FILE.");
}

async function ask(question: string): Promise<string | undefined> {
  process.stderr.write(question);
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const input = createInterface({ input: process.stdin, output: silent, terminal: true });
  input.on("SIGINT", () => process.emit("SIGINT"));
  const closed = new Promise<undefined>((resolve) => input.once("close", () => resolve(undefined)));
  try {
    return await Promise.race([input.question(""), closed]);
  } finally {
    input.close();
    process.stderr.write("\n");
  }
}

async function readAll({ stdin }: Streams): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stdin) {
    const piece: Buffer = chunk;
    bytes += piece.byteLength;
    if (bytes > MOST) throw new UsageError("What was piped in is too long to be a secret; pipe in one line.");
    chunks.push(piece);
  }
  return Buffer.concat(chunks).toString("utf8");
}
