import { spawn } from "node:child_process";

const MOST_OUTPUT = 256 * 1024 * 1024;

/** A program of the skill that did not do its work; the message says why. */
export class ProcessError extends Error {
  override readonly name = "ProcessError";
}

/**
 * Runs another program of the skill over an input, in a process of its own: sources are hostile, and one that makes the program hang or
 * fill its memory ends with it. Resolves to what it prints. Throws {@link ProcessError}.
 */
export async function answerOf(o: {
  program: string;
  what: string;
  flags?: readonly string[];
  input: string;
  timeoutMs: number;
}): Promise<string> {
  const signal = AbortSignal.timeout(o.timeoutMs);
  const child = spawn(process.execPath, [...(o.flags ?? []), o.program], {
    stdio: ["pipe", "pipe", "pipe"],
    signal,
    killSignal: "SIGKILL",
  });
  const output: Buffer[] = [];
  let size = 0;
  let complaint = "";
  child.stdout.on("data", (part: Buffer) => {
    size += part.length;
    if (size > MOST_OUTPUT) child.kill("SIGKILL");
    else output.push(part);
  });
  child.stderr.on("data", (part: Buffer) => {
    complaint = `${complaint}${part}`.slice(-500);
  });
  // It may end before it has read everything; how it ended is told by its exit.
  child.stdin.on("error", () => undefined);
  child.stdin.end(o.input);
  const code = await new Promise<number | null>((done, failed) => {
    child.on("error", failed);
    child.on("close", done);
  }).catch((cause: unknown) => {
    const why = signal.aborted
      ? `did not finish within ${o.timeoutMs / 1000} s; name fewer files`
      : "could not be started";
    throw new ProcessError(`${o.what} ${why}.`, { cause });
  });
  if (code !== 0)
    throw new ProcessError(
      `${o.what} ended without an answer: ${complaint.trim() || "no memory, or too much output"}.`,
    );
  return Buffer.concat(output).toString();
}
